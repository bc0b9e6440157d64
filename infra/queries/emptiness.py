"""Whether anybody uses this database yet."""

from sqlalchemy import Connection, select

from infra.tables.market import organisations


def is_empty(connection: Connection) -> bool:
    """Whether no organisation is registered; everything else belongs to one."""
    return connection.execute(select(organisations.c.id).limit(1)).first() is None
