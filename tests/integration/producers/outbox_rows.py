"""Rows in the outbox, and what a topic holds."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from sqlalchemy import Connection, func, insert, select, text

from infra.database import Database
from infra.tables.log import outbox

DEADLINE_SECONDS = 60.0


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Return once `condition` holds; fail after a minute."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited for: {what}"
        time.sleep(0.01)


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


def messages_of(bootstrap: str | None, topic: str) -> list[Any]:
    """Everything that the topic holds now, partition by partition."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    try:
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
        ends = consumer.end_offsets(partitions)
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        found: list[Any] = []
        deadline = time.monotonic() + DEADLINE_SECONDS
        while any(consumer.position(partition) < end for partition, end in ends.items()):
            assert time.monotonic() < deadline, f"{topic} cannot be read to its end"
            for records in consumer.poll(timeout_ms=100).values():
                found += records
        return sorted(found, key=lambda record: (record.partition, record.offset))
    finally:
        consumer.close()


def values_by_key(bootstrap: str | None, topic: str) -> dict[str, list[int]]:
    """The values of the topic's messages as numbers, in the log's order for each key."""
    found: dict[str, list[int]] = {}
    for record in messages_of(bootstrap, topic):
        found.setdefault(record.key.decode(), []).append(int(record.value))
    return found
