"""A person's inbox: what they were told, with the challenge that it concerns."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from infra.tables.market import challenges
from infra.tables.projections import notifications

MOST = 100


@dataclass(frozen=True, slots=True)
class InboxLine:
    """A notification: `kind` is one of `domain.notices.Notice`, `subject` the id of what it is about."""

    id: int
    kind: str
    subject: str
    challenge_id: str
    created_at: datetime
    read_at: datetime | None
    number: int
    title: str
    language: str


def inbox_lines(connection: Connection, person_id: str) -> list[InboxLine]:
    """The newest 100, the newest first."""
    columns = notifications.c
    query = (
        select(
            columns.id,
            columns.kind,
            columns.subject,
            columns.challenge_id,
            columns.created_at,
            columns.read_at,
            challenges.c.number,
            challenges.c.title,
            challenges.c.language,
        )
        .join(challenges, challenges.c.id == columns.challenge_id)
        .where(columns.person_id == person_id)
        .order_by(columns.id.desc())
        .limit(MOST)
    )
    return [InboxLine(*row) for row in connection.execute(query)]


def unread_count(connection: Connection, person_id: str) -> int:
    """How many lines the person has not read."""
    columns = notifications.c
    unread = select(func.count()).where(columns.person_id == person_id, columns.read_at.is_(None))
    return int(connection.execute(unread).scalar_one())
