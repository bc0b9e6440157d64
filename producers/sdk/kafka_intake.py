"""Posting straight to Kafka's intake topic, for systems that are next to the broker."""

import json
from types import TracebackType
from typing import Any, Self

from kafka import KafkaProducer

from producers.sdk.model import ChallengePost

CHALLENGE_V1 = "jiebang.intake.challenge.v1"
SECONDS = 30.0


class KafkaIntake:
    """Writes intake messages, which become drafts of the factory. Use it as a context manager.

    What is wrong with a message is found out later: it becomes a dead letter that the factory sees.
    """

    def __init__(self, bootstrap: str, factory_id: str, topic: str = "jiebang.intake") -> None:
        self._factory_id = factory_id
        self._topic = topic
        self._producer = KafkaProducer(
            bootstrap_servers=bootstrap,
            acks="all",
            enable_idempotence=True,
            delivery_timeout_ms=120_000,
            linger_ms=5,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._producer.close(timeout=SECONDS)

    def post(self, post: ChallengePost) -> None:
        """Send it, and return once the broker has it. Raises kafka.errors.KafkaError."""
        body: dict[str, Any] = post.model_dump(mode="json", exclude_none=True)
        body |= {"source": post.identity.model_dump(), "factory_id": self._factory_id}
        self._producer.send(
            self._topic,
            key=self._factory_id.encode(),
            value=json.dumps(body, ensure_ascii=False).encode(),
            headers=[("ce_type", CHALLENGE_V1.encode()), ("content-type", b"application/json")],
        ).get(timeout=SECONDS)
