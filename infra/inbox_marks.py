"""What people have read of their inboxes. It is nobody's business but theirs, so no event tells of it."""

from datetime import datetime

from sqlalchemy import Connection, update

from infra.tables.projections import notifications


def mark_read(connection: Connection, person_id: str, now: datetime, up_to: int, only: bool = False) -> int:
    """Mark the person's lines up to and including the id `up_to` as read, or that one line alone.

    Returns how many were unread before. The caller commits.
    """
    columns = notifications.c
    meant = columns.id == up_to if only else columns.id <= up_to
    statement = (
        update(notifications)
        .where(columns.person_id == person_id, columns.read_at.is_(None), meant)
        .values(read_at=now)
    )
    return connection.execute(statement).rowcount
