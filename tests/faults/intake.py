"""A factory's system that writes to Kafka's intake topic, one message in twenty of them broken."""

import json
import random
import threading
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError

from domain.intake import CHALLENGE_V1, MOST_BYTES
from infra.settings import Settings
from tests.faults.clients import PAUSE

Headers = list[tuple[str, bytes]]

EVERY = 20
PAUSE_SECONDS = 0.1
SEND_SECONDS = 120.0
SYSTEM = "cmms"
WRONG_BECAUSE = "test-wrong-because"
"""The header that tells the test what is wrong with a message; the product does not know it."""

GOOD_TYPE = ("ce_type", CHALLENGE_V1.encode())
UNKNOWN_TYPE = ("ce_type", b"jiebang.intake.challenge.v9")
BROKEN: list[tuple[bytes | None, tuple[str, bytes], bytes]] = [
    (b"\xff not json", GOOD_TYPE, b"not_json"),
    (b'{"title": 7}', GOOD_TYPE, b"wrong_schema"),
    (None, GOOD_TYPE, b"null"),
    (b'"' + b"x" * MOST_BYTES + b'"', GOOD_TYPE, b"oversized"),
    (b"{}", UNKNOWN_TYPE, b"unknown_version"),
]


class FactorySystem:
    """Sends until told to stop; a source id counts as sent once the broker has said that it has it.

    Its producer is not idempotent, as those of many systems: a broker that dies doubles some messages.
    """

    def __init__(self, settings: Settings, factory_id: str, chance: random.Random) -> None:
        self.sent: set[str] = set()
        self._settings = settings
        self._factory_id = factory_id
        self._chance = chance
        self._stop = threading.Event()
        self._failures: list[BaseException] = []
        self._thread = threading.Thread(target=self._guarded)

    def __enter__(self) -> "FactorySystem":
        self._producer = KafkaProducer(
            bootstrap_servers=self._settings.kafka,
            acks="all",
            enable_idempotence=False,
            max_in_flight_requests_per_connection=1,
            max_request_size=4 * MOST_BYTES,
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """What was not acknowledged is sent again, before the end as well."""
        self._stop.set()
        self._thread.join()
        self._producer.close()
        for failure in self._failures:
            raise failure

    def _guarded(self) -> None:
        try:
            self._run()
        except BaseException as failure:  # noqa: BLE001 - it fails the test, in the test's thread
            self._failures.append(failure)

    def _run(self) -> None:
        number = 0
        while not self._stop.is_set():
            if number % EVERY == EVERY - 1:
                value, type, reason = self._chance.choice(BROKEN)
                self._send(value, [type, (WRONG_BECAUSE, reason)])
            else:
                source_id = f"order-{number}"
                self._send(json.dumps(self._message(source_id)).encode(), [GOOD_TYPE])
                self.sent.add(source_id)
            number += 1
            PAUSE.wait(PAUSE_SECONDS)

    def _send(self, value: bytes | None, headers: Headers) -> None:
        key = self._factory_id.encode()
        while True:
            try:
                self._producer.send(self._settings.intake_topic, value, key, headers).get(SEND_SECONDS)
            except KafkaError:
                continue
            return

    def _message(self, source_id: str) -> dict[str, Any]:
        return {
            "source": {"system": SYSTEM, "id": source_id},
            "factory_id": self._factory_id,
            "title": "主轴振动",
            "text": "主轴轴承每季度损坏一次",
            "industry": "machining",
            "skills": [{"skill": "plc-programming", "level": 2}],
        }
