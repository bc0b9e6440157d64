"""A person's inbox, page by page."""

from sqlalchemy import Connection, func, select

from infra.queries.inbox_lines import InboxLine
from infra.tables.market import challenges
from infra.tables.projections import notifications


def notifications_of(
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
    about = (challenges.c.number, challenges.c.title, challenges.c.language)
    query = (
        select(*told, *about)
        .join(challenges, challenges.c.id == columns.challenge_id)
        .where(*mine)
        .order_by(columns.id.desc())
        .limit(limit)
    )
    return [InboxLine(*row) for row in connection.execute(query)], int(total)
