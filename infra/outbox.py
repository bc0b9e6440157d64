"""The outbox: what a transaction tells the world, kept in the transaction itself.

Messages are what Kafka carries: CloudEvents 1.0 in binary mode, attributes as headers, data as the value.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert

from domain.aggregate import Aggregate
from domain.errors import MalformedEvent
from domain.events import Event, EventRecord, decode
from domain.ports import Clock, Ids
from infra.tables.log import outbox

EVENTS = "events"
INTAKE = "intake"


@dataclass(frozen=True, slots=True)
class Message:
    """A message for the log: `topic` by its short name."""

    topic: str
    key: str
    headers: Mapping[str, str]
    value: bytes | None


class Outbox:
    """Collects a unit of work's messages and writes them at its end, in their order."""

    def __init__(self, connection: Connection, clock: Clock, ids: Ids, correlation_id: str | None) -> None:
        self._connection = connection
        self._now = clock.now()
        self._ids = ids
        self._correlation_id = correlation_id
        self._causation_id: str | None = None
        self._messages: list[Message] = []

    def because_of(self, cause: EventRecord) -> None:
        """What is appended from now on was caused by `cause`."""
        self._correlation_id, self._causation_id = cause.correlation_id, cause.id

    def append(self, aggregate: Aggregate, changes: Sequence[tuple[int, Event]]) -> None:
        """Take over an aggregate's changes."""
        for sequence, event in changes:
            id = self._ids.new()
            record = EventRecord(
                id=id,
                event=event,
                subject=aggregate.id,
                sequence=sequence,
                key=aggregate.log_key,
                time=self._now,
                correlation_id=self._correlation_id or id,
                causation_id=self._causation_id,
            )
            self._messages.append(encode(record))

    def append_message(self, message: Message) -> None:
        """Take over a message as it is."""
        self._messages.append(message)

    def flush(self) -> int:
        """Write what was appended; returns how many messages."""
        written = len(self._messages)
        if written:
            # After the aggregates' rows: by then PostgreSQL has given the transaction its id, and the
            # relay's floor rests on no row's id being older than its transaction.
            self._connection.execute(
                insert(outbox),
                [
                    {
                        "topic": m.topic,
                        "key": m.key,
                        "headers": dict(m.headers),
                        "value": m.value,
                        "created_at": self._now,
                    }
                    for m in self._messages
                ],
            )
            self._messages = []
        return written


def encode(record: EventRecord) -> Message:
    """The event as a message."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": record.id,
        "ce_source": "/jiebang",
        "ce_type": record.event.type,
        "ce_subject": record.subject,
        "ce_time": record.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "ce_sequence": str(record.sequence),
        "ce_correlationid": record.correlation_id,
        "content-type": "application/json",
    }
    if record.causation_id is not None:
        headers["ce_causationid"] = record.causation_id
    return Message(
        topic=EVENTS,
        key=record.key,
        headers=headers,
        value=json.dumps(record.event.to_data(), separators=(",", ":")).encode(),
    )


def decode_message(key: str, headers: Mapping[str, str], value: bytes | None) -> EventRecord:
    """The event that `encode` made a message of; raises UnknownEvent or MalformedEvent."""
    try:
        data = json.loads(value or b"null")
        return EventRecord(
            id=headers["ce_id"],
            event=decode(headers["ce_type"], data),
            subject=headers["ce_subject"],
            sequence=int(headers["ce_sequence"]),
            key=key,
            time=datetime.fromisoformat(headers["ce_time"]),
            correlation_id=headers["ce_correlationid"],
            causation_id=headers.get("ce_causationid"),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise MalformedEvent(type=headers.get("ce_type"), reason=str(error)) from error
