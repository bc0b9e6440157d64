"""An installation of the scaled form to break: an API, two relays and both workers on the real services."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from domain.errors import DomainError
from domain.events import EventRecord
from infra.outbox import decode_message
from infra.settings import Settings
from streams.faust_host import group_of
from tests.broker import messages_of
from tests.faults.processes import Process, free_port
from tests.installation import fill, token_of

logger = logging.getLogger(__name__)

LAST_WORDS = 6_000
"""Characters of a log that a failure shows."""


@dataclass(frozen=True, slots=True)
class Site:
    """A running installation with the test market in it; `token` is of one who publishes for `factory`."""

    settings: Settings
    url: str
    factory: str
    token: str
    relays: list[Process]
    workers: list[Process]


@contextmanager
def site(settings: Settings, folder: Path) -> Iterator[Site]:
    """Migrate, fill, and start every process; their output goes to `folder`."""
    market = fill(settings)
    token = token_of(settings, market.approver.person_id)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = _environment(settings) | {"JIEBANG_PORT": str(port)}
    with ExitStack() as running:

        def process(*arguments: str, url: str | None = None) -> Process:
            log = folder / f"{'-'.join(arguments)}.log"
            return running.enter_context(Process(list(arguments), environment, log, url))

        api = process("api", url=url)
        relays = [process("relay"), process("relay")]
        workers = [process("worker", "core"), process("worker", "index")]
        api.wait_until_ready()
        try:
            yield Site(settings, url, market.factory, token, relays, workers)
        except AssertionError:
            for written in sorted(folder.glob("*.log")):
                logger.error("%s ends with\n%s", written.name, written.read_text()[-LAST_WORDS:])
            raise


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "JIEBANG_HOME": str(settings.home),
        "JIEBANG_DATABASE_URL": settings.store_url,
        "JIEBANG_KAFKA": settings.kafka or "",
        "JIEBANG_ELASTICSEARCH": settings.elasticsearch or "",
        "JIEBANG_TOPIC_PREFIX": settings.topic_prefix,
        "JIEBANG_INDEX_PREFIX": settings.index_prefix,
        "JIEBANG_RATE_LIMIT": "1000000/minute",
    }


def events_of(settings: Settings) -> list[EventRecord]:
    """Every event in Kafka's log."""
    return [_record(message) for message in messages_of(settings.kafka, settings.events_topic)]


def _record(message: Any) -> EventRecord:
    headers = {name: text.decode() for name, text in message.headers}
    try:
        return decode_message(message.key.decode(), headers, message.value)
    except DomainError as error:
        raise AssertionError(f"the log holds what nobody can read: {error}") from error


def waiting_of(settings: Settings) -> dict[str, int]:
    """How many messages either worker's group has not committed, by group and partition, where any."""
    return {
        f"{group} {topic}/{number}": waiting
        for group, topic in (
            (group_of("core", settings), settings.events_topic),
            (group_of("core", settings), settings.intake_topic),
            (group_of("index", settings), settings.events_topic),
        )
        for number, waiting in _waiting(settings, group, topic).items()
        if waiting
    }


def _waiting(settings: Settings, group: str, topic: str) -> dict[int, int]:
    consumer = KafkaConsumer(bootstrap_servers=settings.kafka, group_id=group, enable_auto_commit=False)
    try:
        ends = consumer.end_offsets(_places(consumer, topic))
        return {place.partition: end - (consumer.committed(place) or 0) for place, end in ends.items()}
    finally:
        consumer.close()


def _places(consumer: Any, topic: str) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
