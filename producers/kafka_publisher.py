"""Kafka as the relay's log: an idempotent producer that stops for good at its first failure."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kafka import KafkaProducer
from kafka.errors import InvalidRecordError, KafkaError, MessageSizeTooLargeError, RecordListTooLargeError
from kafka.future import Future

from domain.intake import MOST_BYTES, Reason
from infra.database import Database
from infra.outbox import EVENTS, INTAKE
from infra.settings import Settings
from infra.unsent import UnsentMessages, UnsentRow
from producers.relay import Acknowledgement, MessageRefused, PublisherFailed, Relay
from producers.topics import BOOTSTRAP_MS, ensure_topics, most_message_bytes, said_by_kafka

log = logging.getLogger(__name__)

_CLOSE_SECONDS = 30.0
_TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)


def producer_options(settings: Settings) -> dict[str, Any]:
    """What KafkaProducer is told: every message once, in order, acknowledged by all replicas.

    Idempotence is said explicitly, so that a conflicting option raises instead of switching it off.
    """
    return {
        "bootstrap_servers": settings.kafka,
        "bootstrap_timeout_ms": BOOTSTRAP_MS,
        "acks": "all",
        "enable_idempotence": True,
        "max_in_flight_requests_per_connection": 5,
        "delivery_timeout_ms": 120_000,
        "linger_ms": 5,
        "batch_size": 64 * 1024,
        "max_block_ms": 10_000,
        "max_request_size": most_message_bytes(settings),
    }


def kafka_relay(database: Database, settings: Settings) -> Relay:
    """The relay from this PostgreSQL database to Kafka; `run` it in a process of its own."""
    return Relay(lambda: UnsentMessages.connect(database), lambda: KafkaPublisher(settings))


@dataclass(frozen=True, slots=True)
class _Sent:
    """A message on its way."""

    row: UnsentRow
    future: Future

    def succeeded(self) -> bool:
        return bool(self.future.succeeded())

    def refusal(self) -> MessageRefused | None:
        return refusal_of(self.row, self.future.exception)


def refusal_of(row: UnsentRow, error: BaseException | None) -> MessageRefused | None:
    """What is wrong with the message itself, where that is why it failed.

    Only what Kafka says of a single record. An error that another broker, another setting or another time
    might not give says nothing of the message.
    """
    if isinstance(error, _TOO_LARGE):
        return MessageRefused(Reason.OVERSIZED, {"(message)": _too_large(row)})
    if isinstance(error, InvalidRecordError):
        said = said_by_kafka(error) or ""
        return MessageRefused("refused_by_log", {"(message)": f"is refused by the log: {said:.400}"})
    return None


def _too_large(row: UnsentRow) -> str:
    size = len(row.value or b"")
    if row.topic == INTAKE and size > MOST_BYTES:
        return f"has {size} bytes; at most {MOST_BYTES} are read"
    return f"has {size} bytes, which with its headers is more than the log takes"


class KafkaPublisher:
    """Sends rows to the topics of their short names, which it makes where they are missing.

    A failed batch must not be overtaken by a later one with the same key. The producer would go on with
    the next batch, so the first failure, in the producer's own thread, drops everything that was not sent.
    What the broker got all the same is sent again by the next producer, in order. That goes for a message
    that the broker refuses for good, too; one that this producer refuses was never on its way.
    """

    def __init__(self, settings: Settings) -> None:
        self._topics: Mapping[str, str] = {EVENTS: settings.events_topic, INTAKE: settings.intake_topic}
        self._failure: BaseException | None = None
        try:
            ensure_topics(settings)
            self._producer = KafkaProducer(**producer_options(settings))
        except KafkaError as error:
            raise PublisherFailed(f"Kafka at {settings.kafka} does not answer: {error!r}") from error

    def send(self, row: UnsentRow) -> Acknowledgement:
        """Hand the row to the producer."""
        headers = [(name, value.encode()) for name, value in row.headers.items()]
        try:
            future = self._producer.send(
                self._topics[row.topic], key=row.key.encode(), value=row.value, headers=headers
            )
        except KafkaError as error:
            if refusal := refusal_of(row, error):
                raise refusal from error
            raise PublisherFailed(f"outbox row {row.id}: {error!r}") from error
        future.add_errback(self._fail)
        return _Sent(row, future)

    def check(self) -> None:
        """Raise PublisherFailed once a message failed."""
        if self._failure is not None:
            raise PublisherFailed(repr(self._failure)) from self._failure

    def abort(self) -> None:
        """Drop what was not sent. `KafkaProducer.close(timeout=0)` flushes first and raises instead."""
        self._producer._sender.force_close()

    def close(self) -> None:
        """Await what is in flight; what the log has not acknowledged after 30 s counts as not sent."""
        try:
            self._producer.close(timeout=_CLOSE_SECONDS)
        except KafkaError as error:
            log.warning("The producer did not finish in order: %r", error)
            self.abort()
            self._producer._sender.join(_CLOSE_SECONDS)

    def _fail(self, error: BaseException) -> None:
        if self._failure is None:
            self._failure = error
            self.abort()
