"""The outbox as the relay sees it: rows that the log does not have yet, through one PostgreSQL connection."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple, Self

from pydantic_core import from_json
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from domain.intake import FACTORY_HEADER, REQUEST_HEADER
from domain.ports import Clock, DeadLetter
from domain.use_cases.intake import CONSUMER as INTAKE_CONSUMER
from infra.database import Database
from infra.outbox import INTAKE
from infra.repositories.log import SqlDeadLetters
from infra.system import SystemClock

RELAY = "relay"
"""The consumer of a dead letter that is a domain event."""
_CLOCK = SystemClock()
_LOCK = 0x6A69656272
_FLOOR_SECONDS = 0.5

_TRY_LOCK = "SELECT pg_try_advisory_lock(%s)"
_UNSENT = """
    SELECT id, topic, key, headers::text, value FROM (
        SELECT *, sum(octet_length(value)) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS bytes FROM outbox
        WHERE sent_at IS NULL AND id > %s AND NOT id <@ %s::int8multirange
        ORDER BY id LIMIT %s
    ) AS unsent
    WHERE bytes IS NULL OR bytes - coalesce(octet_length(value), 0) < %s
    ORDER BY id
"""
_MARK = "UPDATE outbox SET sent_at = now() WHERE id = ANY(%s)"
_LAST_DRAWN = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM outbox_id_seq"
_WRITERS = """
    SELECT DISTINCT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'outbox'::regclass AND mode = 'RowExclusiveLock' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class OutboxUnavailable(Exception):
    """The database does not answer: the connection is lost, and the relay's lock with it."""


class UnsentRow(NamedTuple):
    """A row of the outbox; `topic` is the short name, `headers` are as the outbox keeps them."""

    id: int
    topic: str
    key: str
    headers: dict[str, str]
    value: bytes | None


class UnsentMessages:
    """One connection to the outbox. Every method raises OutboxUnavailable once the connection is lost.

    **The floor.** A read asks for `sent_at IS NULL AND id > floor`, because a partial index keeps an entry
    for every row that was sent for as long as any snapshot is open; without a floor each poll walks over
    them. Ids come from a sequence, so a lower id may commit after a higher one; the floor must stay below
    every id that an open transaction may hold. A transaction takes RowExclusiveLock on the outbox before
    it draws its first id and keeps it until it has ended and what it wrote is visible. So: read the last
    id drawn, *then* see who holds that lock; once all of those have ended, every id up to the noted one is
    decided, visible or never to be. The floor is then the noted id, or lies below the lowest row that is
    unsent. (Comparing snapshots would not do: `pg_snapshot_xmax` is no bound on the transaction ids given
    out, and any writer to any database of the server would hold the floor back.) The sequence must not
    cache ids (CACHE 1, PostgreSQL's default). A new connection starts from 0.
    """

    def __init__(self, connection: Connection, monotonic: Callable[[], float], clock: Clock) -> None:
        self._connection = connection
        self._monotonic = monotonic
        self._clock = clock
        self._looked_at = -_FLOOR_SECONDS
        self._noted: tuple[int, frozenset[str]] = (0, frozenset())
        self._decided = 0
        self.floor = 0

    @classmethod
    def connect(
        cls,
        database: Database,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Clock = _CLOCK,
    ) -> Self:
        """A connection of its own, outside the pool, so that closing it gives up the lock."""
        try:
            connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()
            # A mark that is lost in a crash of the server sends its message again, which consumers expect.
            connection.exec_driver_sql("SET synchronous_commit = off")
        except DBAPIError as error:
            raise OutboxUnavailable(str(error.orig)) from error
        return cls(connection, monotonic, clock)

    def try_lock(self) -> bool:
        """Become the one relay of this database until the connection ends; False while there is another."""
        return bool(self._execute(_TRY_LOCK, _LOCK)[0][0])

    def read(self, in_flight: Iterable[int], most: int, most_bytes: int) -> list[UnsentRow]:
        """The first unsent rows by id, without those `in_flight`.

        At most `most` (1 or more), and none after their values reach `most_bytes` (1 or more).
        """
        self._look_for_open_writers()
        flying = sorted(in_flight)
        found = self._execute(_UNSENT, self.floor, _multirange(flying), most, most_bytes)
        rows = [UnsentRow(id, topic, key, from_json(text), value) for id, topic, key, text, value in found]
        lowest_unsent = min(*flying[:1], *(row.id for row in rows[:1]), self._decided + 1, self._decided + 1)
        self.floor = max(self.floor, lowest_unsent - 1)
        return rows

    def mark_sent(self, ids: Sequence[int]) -> None:
        """Note that the log has these rows."""
        self._run(_MARK, list(ids))

    def put_aside(self, row: UnsentRow, reason: str, details: Mapping[str, str]) -> None:
        """Keep the row as a dead letter instead, once: of the intake's, its factory sees it."""
        letter = _letter(row, reason, details)
        try:
            SqlDeadLetters(self._connection, self._clock).add([letter])
        except DBAPIError as error:
            raise OutboxUnavailable(str(error.orig)) from error
        # Afterwards, so that a crash in between only repeats the letter, which is kept once.
        self.mark_sent([row.id])

    def check(self) -> None:
        """Do nothing but notice a lost connection."""
        self._execute("SELECT 1")

    def close(self) -> None:
        """Give up the lock."""
        try:
            self._connection.close()
        except DBAPIError:
            self._connection.invalidate()

    def _look_for_open_writers(self) -> None:
        now = self._monotonic()
        if now - self._looked_at < _FLOOR_SECONDS:
            return
        self._looked_at = now
        ((last,),) = self._execute(_LAST_DRAWN)
        writers = frozenset(name for (name,) in self._execute(_WRITERS))
        noted, waited_for = self._noted
        if waited_for.isdisjoint(writers):
            self._decided = noted
            self._noted = (last, writers)

    def _execute(self, statement: str, *parameters: object) -> Sequence[Any]:
        try:
            return self._connection.exec_driver_sql(statement, parameters).all()
        except DBAPIError as error:
            raise OutboxUnavailable(str(error.orig)) from error

    def _run(self, statement: str, *parameters: object) -> None:
        try:
            self._connection.exec_driver_sql(statement, parameters)
        except DBAPIError as error:
            raise OutboxUnavailable(str(error.orig)) from error


def _letter(row: UnsentRow, reason: str, details: Mapping[str, str]) -> DeadLetter:
    """As the intake would have kept the message: known by its request, and its factory's."""
    intake = row.topic == INTAKE
    request = row.headers.get(REQUEST_HEADER) if intake else None
    return DeadLetter(
        origin=f"request/{request}" if request else f"outbox/{row.id}",
        consumer=INTAKE_CONSUMER if intake else RELAY,
        value=row.value,
        headers=row.headers,
        reason=reason,
        details=details,
        factory_id=(row.headers.get(FACTORY_HEADER) or row.key or None) if intake else None,
    )


def _multirange(ids: Sequence[int]) -> str:
    """Sorted ids as PostgreSQL's int8multirange: few ranges, because they mostly follow one another."""
    runs = (list(run) for _, run in groupby(enumerate(ids), lambda pair: pair[1] - pair[0]))
    return "{" + ",".join(f"[{run[0][1]},{run[-1][1]}]" for run in runs) + "}"
