"""Timers, dead letters, and what makes consumers and requests idempotent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, tuple_

from domain.ports import Clock, DeadLetter, Timer
from infra.sql import insert_or
from infra.tables.log import dead_letters, idempotency_keys, inbox, timers

ORIGIN_LENGTH = 200
ID_LENGTH = 36


class SqlTimers:
    """Timers, one for each aggregate, kind and part."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def set(self, timer: Timer) -> None:
        statement = insert_or(self._connection, timers).values(
            aggregate_id=timer.aggregate_id, kind=timer.kind, part=timer.part, due_at=timer.due_at
        )
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["aggregate_id", "kind", "part"], set_={"due_at": timer.due_at}
            )
        )

    def cancel(self, aggregate_id: str) -> None:
        self._connection.execute(delete(timers).where(timers.c.aggregate_id == aggregate_id))

    def claim_due(self, now: datetime, most: int) -> list[Timer]:
        due = (
            select(timers)
            .where(timers.c.due_at <= now)
            .order_by(timers.c.due_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        claimed = [
            Timer(aggregate_id=row.aggregate_id, kind=row.kind, due_at=row.due_at, part=row.part)
            for row in self._connection.execute(due)
        ]
        if claimed:
            key = tuple_(timers.c.aggregate_id, timers.c.kind, timers.c.part)
            self._connection.execute(
                delete(timers).where(key.in_([(t.aggregate_id, t.kind, t.part) for t in claimed]))
            )
        return claimed


class SqlDeadLetters:
    """Messages that could not be accepted, once for each consumer and origin."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, letters: Sequence[DeadLetter]) -> None:
        if not letters:
            return
        now = self._clock.now()
        self._connection.execute(
            insert_or(self._connection, dead_letters).on_conflict_do_nothing(),
            [
                {
                    "consumer": letter.consumer,
                    "origin": _storable(letter.origin, ORIGIN_LENGTH),
                    "value": letter.value,
                    "headers": _storable_texts(letter.headers),
                    "reason": letter.reason,
                    "details": _storable_texts(letter.details),
                    "factory_id": _storable(letter.factory_id, ID_LENGTH) if letter.factory_id else None,
                    "created_at": now,
                }
                for letter in letters
            ],
        )


def _storable_texts(texts: Mapping[str, object]) -> dict[str, str]:
    return {_storable(name): _storable(str(value)) for name, value in texts.items()}


def _storable(text: str, most: int | None = None) -> str:
    """The text without what no database keeps: U+0000, halves of characters, more than a column holds."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()[:most]


class Inbox:
    """Which events a consumer has taken in; the claim commits with the effects."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def claim(self, consumer: str, generation: int, event_ids: Sequence[str]) -> set[str]:
        """Those of `event_ids` that this generation of the consumer sees for the first time."""
        if not event_ids:
            return set()
        now = self._clock.now()
        rows = [
            {"consumer": consumer, "generation": generation, "event_id": id, "received_at": now}
            for id in dict.fromkeys(event_ids)
        ]
        # Rows as parameters rather than `values(...)`: SQLAlchemy compiles the statement once.
        statement = insert_or(self._connection, inbox).on_conflict_do_nothing().returning(inbox.c.event_id)
        return set(self._connection.execute(statement, rows).scalars())

    def release(self, consumer: str, event_id: str) -> None:
        """Let the consumer take the event in again."""
        self._connection.execute(
            delete(inbox).where(inbox.c.consumer == consumer, inbox.c.event_id == event_id)
        )


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """What was answered to the first request with a key."""

    request_hash: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class IdempotencyKeys:
    """Answers by principal and key, kept in the transaction that they answer for."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def lock(self, principal: str, key: str) -> StoredResponse | None:
        """The answer that was given already; None lets the caller do it, and makes a duplicate wait for that.

        The lock lasts until the transaction ends. On SQLite the writers' queue is that lock.
        """
        if self._connection.dialect.name == "postgresql":
            both = func.hashtextextended(f"{principal} {key}", 0)
            self._connection.execute(select(func.pg_advisory_xact_lock(both)))
        row = self._connection.execute(
            select(idempotency_keys).where(
                idempotency_keys.c.principal == principal, idempotency_keys.c.key == key
            )
        ).one_or_none()
        return StoredResponse(row.request_hash, row.status, row.headers, row.body) if row else None

    def store(self, principal: str, key: str, response: StoredResponse) -> None:
        """Keep the answer; the caller holds the lock."""
        self._connection.execute(
            insert(idempotency_keys).values(
                principal=principal,
                key=key,
                request_hash=response.request_hash,
                status=response.status,
                headers=dict(response.headers),
                body=response.body,
                created_at=self._clock.now(),
            )
        )
