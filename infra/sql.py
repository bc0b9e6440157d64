"""The few statements that the two databases spell through different constructs."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_or(connection: Connection, table: Table) -> Any:
    """An INSERT of the connection's dialect that knows `on_conflict_do_…`.

    SQLAlchemy has no common type for the two; their methods are the same.
    """
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(table)
