"""Rows in the outbox, and what became of them in a topic."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, select, text

from infra.database import Database
from infra.tables.log import outbox
from tests.broker import messages_of


def insert_row(
    connection: Connection, key: str, value: bytes | None = b"{}", *, topic: str = "events", **headers: str
) -> int:
    """A row in the open transaction; its id."""
    row = _row(key, value, topic, headers)
    return int(connection.execute(insert(outbox).values(row).returning(outbox.c.id)).scalar_one())


def commit_rows(database: Database, keys: Sequence[str], first: int = 0) -> None:
    """One row for each key in one transaction; the values count on from `first`."""
    with database.write() as connection:
        rows = [_row(key, b"%d" % number) for number, key in enumerate(keys, first)]
        connection.execute(insert(outbox), rows)
        connection.commit()


def _row(
    key: str, value: bytes | None, topic: str = "events", headers: Mapping[str, str] | None = None
) -> dict[str, object]:
    return {
        "topic": topic,
        "key": key,
        "headers": dict(headers or {}),
        "value": value,
        "created_at": datetime.now(UTC),
    }


def unsent(database: Database) -> int:
    """How many rows are not marked as sent."""
    with database.read() as connection:
        statement = select(func.count()).select_from(outbox).where(outbox.c.sent_at.is_(None))
        return int(connection.execute(statement).scalar_one())


def end_other_connections(database: Database) -> None:
    """What a failover does: end every other connection to this database."""
    with database.read() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def values_by_key(bootstrap: str | None, topic: str) -> dict[str, list[int]]:
    """The values of the topic's messages as numbers, in the log's order for each key."""
    found: dict[str, list[int]] = {}
    for record in messages_of(bootstrap, topic):
        found.setdefault(record.key.decode(), []).append(int(record.value))
    return found
