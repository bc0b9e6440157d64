"""Names of people and organisations, in both languages."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from infra.tables.market import organisations, people


@dataclass(frozen=True, slots=True)
class Name:
    """What a person or an organisation is called."""

    id: str
    zh: str
    en: str


def names_of_people(connection: Connection, ids: Iterable[str]) -> dict[str, Name]:
    """Those of `ids` that exist."""
    wanted = set(ids)
    if not wanted:
        return {}
    columns = people.c
    rows = connection.execute(
        select(columns.id, columns.name_zh, columns.name_en).where(columns.id.in_(wanted))
    )
    return {row.id: Name(*row) for row in rows}


def names_of_organisations(connection: Connection, ids: Iterable[str]) -> dict[str, Name]:
    """Those of `ids` that exist."""
    wanted = set(ids)
    if not wanted:
        return {}
    columns = organisations.c
    rows = connection.execute(
        select(columns.id, columns.name_zh, columns.name_en).where(columns.id.in_(wanted))
    )
    return {row.id: Name(*row) for row in rows}
