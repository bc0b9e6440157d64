"""Kafka for the tests of the scaled form: topics of their own, and messages in them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from kafka import KafkaProducer
from pydantic import SecretStr

from domain.events import EventRecord, OrganisationRenamed
from infra.outbox import encode
from infra.settings import Settings
from infra.system import Uuid7Ids
from producers.topics import ensure_topics
from tools.services.kafka import Kafka


@pytest.fixture
def settings(kafka_service: Kafka, unique_name: Callable[[str], str]) -> Settings:
    """Settings with topics that nobody else uses; there is no database behind them."""
    settings = Settings(
        database_url=SecretStr("postgresql://not-used"),
        kafka=kafka_service.url,
        elasticsearch="http://not-used:9200",
        topic_prefix=unique_name("streams"),
        partitions=3,
    )
    ensure_topics(settings)
    return settings


def renamed(subject: str, sequence: int) -> EventRecord:
    """An event that means little."""
    id = Uuid7Ids().new()
    return EventRecord(id, OrganisationRenamed(), subject, sequence, subject, datetime.now(UTC), id)


class Log:
    """Writes to the topics of the settings, and returns once the broker has it all. A context manager."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer = KafkaProducer(bootstrap_servers=settings.kafka, acks="all", enable_idempotence=True)

    def __enter__(self) -> "Log":
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.close(timeout=10)

    def append(self, records: Sequence[EventRecord]) -> None:
        """Events as the relay sends them."""
        sent = []
        for message in map(encode, records):
            headers = [(name, value.encode()) for name, value in message.headers.items()]
            sent.append(
                self._producer.send(
                    self._settings.events_topic,
                    key=message.key.encode(),
                    value=message.value,
                    headers=headers,
                )
            )
        for message in sent:
            message.get(timeout=30)

    def append_raw(
        self,
        topic: str,
        value: bytes | None,
        key: bytes = b"k",
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        """Bytes as anybody may send them."""
        self._producer.send(topic, key=key, value=value, headers=list(headers)).get(timeout=30)
