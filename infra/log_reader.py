"""The outbox as a log that one process reads in order: the embedded form.

On SQLite one transaction after another writes, so ids rise in the order of their commits and a reader that
has seen an id has seen everything below it. (PostgreSQL's do not; there, the relay and Kafka make the order.)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from infra.tables.log import outbox


@dataclass(frozen=True, slots=True)
class LogRow:
    """A message of the log at its position; `topic` is the short name."""

    position: int
    topic: str
    key: str
    headers: Mapping[str, str]
    value: bytes | None


def read_after(connection: Connection, position: int, most: int) -> Sequence[LogRow]:
    """The first messages after `position`, at most `most`."""
    columns = outbox.c
    rows = connection.execute(
        select(columns.id, columns.topic, columns.key, columns.headers, columns.value)
        .where(columns.id > position)
        .order_by(columns.id)
        .limit(most)
    )
    return [LogRow(*row) for row in rows]


def end_of_log(connection: Connection) -> int:
    """The position of the last message; 0 where the log is empty."""
    return int(connection.execute(select(func.coalesce(func.max(outbox.c.id), 0))).scalar_one())


def count_after(connection: Connection, position: int) -> int:
    """How many messages stand after `position`."""
    counted = select(func.count()).where(outbox.c.id > position)
    return int(connection.execute(counted).scalar_one())
