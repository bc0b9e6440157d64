"""A person's inbox: what they were told, with the challenge or team that it concerns, page by page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from infra.tables.market import challenges, teams
from infra.tables.projections import notifications


@dataclass(frozen=True, slots=True)
class InboxLine:
    """A notification: `kind` is one of `domain.notices.Notice`, `subject` the id of what it is about.

    One about a team has no challenge: no `number` and `language`, and the team's name as its title.
    """

    id: int
    kind: str
    subject: str
    challenge_id: str
    created_at: datetime
    read_at: datetime | None
    number: int | None
    title: str
    language: str | None


def inbox_lines(
    connection: Connection, person_id: str, *, unread: bool, before: int | None, limit: int
) -> tuple[list[InboxLine], int]:
    """The newest lines below the id `before`, at most `limit`, and how many lines there are in all."""
    columns = notifications.c
    mine = [columns.person_id == person_id]
    if unread:
        mine.append(columns.read_at.is_(None))
    total = connection.execute(select(func.count()).select_from(notifications).where(*mine)).scalar_one()
    if before is not None:
        mine.append(columns.id < before)
    told = (
        columns.id,
        columns.kind,
        columns.subject,
        columns.challenge_id,
        columns.created_at,
        columns.read_at,
    )
    title = func.coalesce(challenges.c.title, teams.c.title)
    about = (challenges.c.number, title, challenges.c.language)
    query = (
        select(*told, *about)
        .outerjoin(challenges, challenges.c.id == columns.challenge_id)
        .outerjoin(teams, teams.c.id == columns.subject)
        .where(*mine, title.is_not(None))
        .order_by(columns.id.desc())
        .limit(limit)
    )
    return [InboxLine(*row) for row in connection.execute(query)], int(total)


def unread_count(connection: Connection, person_id: str) -> int:
    """How many lines the person has not read."""
    columns = notifications.c
    unread = select(func.count()).where(columns.person_id == person_id, columns.read_at.is_(None))
    return int(connection.execute(unread).scalar_one())
