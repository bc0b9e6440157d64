"""Forgetting what nobody needs any more, a small batch at a time: each function is one short statement.

All return how many rows they removed; fewer than `most` means that nothing is left to remove.
"""

from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, Table, delete, select, tuple_

from infra.tables.access import sessions
from infra.tables.log import deliveries, idempotency_keys, inbox, outbox


def purge_sent(connection: Connection, before: datetime, most: int) -> int:
    """Messages at the beginning of the outbox that the relay sent before that time.

    Only a beginning: what stands behind an unsent message stays with it.
    """
    first = select(outbox.c.id, outbox.c.sent_at).order_by(outbox.c.id).limit(most)
    sent = []
    for id, sent_at in connection.execute(first):
        if sent_at is None or sent_at >= before:
            break
        sent.append(id)
    return _delete(connection, outbox, outbox.c.id.in_(sent)) if sent else 0


def purge_passed(connection: Connection, position: int, before: datetime, most: int) -> int:
    """Messages up to `position`, behind which every consumer is, that are older than `before`."""
    passed = (outbox.c.id <= position) & (outbox.c.created_at < before)
    return _delete_some(connection, outbox, [outbox.c.id], passed, most)


def prune_inbox(connection: Connection, before: datetime, most: int) -> int:
    """Claims that were made before that time; their events must not come again."""
    key: list[Column[object]] = [inbox.c.consumer, inbox.c.generation, inbox.c.event_id]
    return _delete_some(connection, inbox, key, inbox.c.received_at < before, most)


def forget_requests(connection: Connection, before: datetime, most: int) -> int:
    """Answers to requests with an idempotency key that were given before that time."""
    key: list[Column[object]] = [idempotency_keys.c.principal, idempotency_keys.c.key]
    return _delete_some(connection, idempotency_keys, key, idempotency_keys.c.created_at < before, most)


def end_sessions(connection: Connection, now: datetime, most: int) -> int:
    """Sessions of people that have expired."""
    expired = sessions.c.expires_at < now
    return _delete_some(connection, sessions, [sessions.c.token_hash], expired, most)


def purge_deliveries(connection: Connection, before: datetime, most: int) -> int:
    """Deliveries that were made or given up, and were asked for before that time."""
    settled = deliveries.c.next_attempt_at.is_(None) & (deliveries.c.created_at < before)
    return _delete_some(connection, deliveries, [deliveries.c.id], settled, most)


def waiting_since(connection: Connection, position: int) -> datetime | None:
    """When the first message after `position` was written; None where there is none."""
    first = select(outbox.c.created_at).where(outbox.c.id > position).order_by(outbox.c.id).limit(1)
    return connection.execute(first).scalar_one_or_none()


def _delete_some(
    connection: Connection, table: Table, key: list[Column[object]], gone: ColumnElement[bool], most: int
) -> int:
    some = select(*key).where(gone).limit(most)
    return _delete(connection, table, (tuple_(*key) if len(key) > 1 else key[0]).in_(some))


def _delete(connection: Connection, table: Table, which: ColumnElement[bool]) -> int:
    return connection.execute(delete(table).where(which)).rowcount
