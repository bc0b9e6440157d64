"""The log's messages, as a host would hand them over."""

from datetime import UTC, datetime

from sqlalchemy import select

from domain.events import Event, EventRecord, OrganisationRenamed
from infra.database import Database
from infra.log_reader import read_after
from infra.outbox import EVENTS, decode_message, encode
from infra.tables.log import dead_letters, outbox
from streams.messages import RawMessage


def messages_after(database: Database, position: int = 0, topic: str = EVENTS) -> list[RawMessage]:
    """The messages of a topic that stand in the outbox after a position."""
    with database.read() as connection:
        rows = read_after(connection, position, 10_000)
    return [
        RawMessage(row.topic, f"outbox/{row.position}", row.key, row.headers, row.value, row.position)
        for row in rows
        if row.topic == topic
    ]


def records_after(database: Database, position: int = 0) -> list[EventRecord]:
    """The domain events after a position."""
    return [decode_message(m.key, m.headers, m.value) for m in messages_after(database, position)]


def message(number: int, event: Event | None = None, subject: str | None = None) -> RawMessage:
    """A message at a position, of an event that `Echo` consumes unless another is given."""
    id = f"00000000-0000-7000-8000-00000000e{number:03d}"
    record = EventRecord(
        id=id,
        event=event or OrganisationRenamed(),
        subject=subject or f"subject-{number}",
        sequence=2,
        key=subject or f"subject-{number}",
        time=datetime(2026, 3, 2, tzinfo=UTC),
        correlation_id=id,
    )
    encoded = encode(record)
    return RawMessage(
        EVENTS, f"jiebang.events/0/{number}", encoded.key, encoded.headers, encoded.value, number
    )


def effects(database: Database) -> list[str]:
    """What `Echo` left: the last digits of the events' ids, in order."""
    query = select(outbox.c.key).where(outbox.c.topic == "effects").order_by(outbox.c.id)
    with database.read() as connection:
        return [key[-3:] for key in connection.execute(query).scalars()]


def letters(database: Database) -> list[tuple[str, str]]:
    """Origin and reason of each dead letter."""
    query = select(dead_letters.c.origin, dead_letters.c.reason).order_by(dead_letters.c.id)
    with database.read() as connection:
        return [(origin, reason) for origin, reason in connection.execute(query)]
