"""How many messages could not be accepted."""

from sqlalchemy import Connection, func, select

from infra.tables.log import dead_letters


def count_letters(connection: Connection, *, factory_id: str | None, requeued: bool) -> int:
    """Dead letters of one factory or of all; those that were requeued are counted where asked for."""
    query = select(func.count()).select_from(dead_letters)
    if factory_id is not None:
        query = query.where(dead_letters.c.factory_id == factory_id)
    if not requeued:
        query = query.where(dead_letters.c.requeued_at.is_(None))
    return int(connection.execute(query).scalar_one())
