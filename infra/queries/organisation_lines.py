"""Organisations with their places."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from domain.organisations import OrganisationKind
from infra.tables.market import organisations


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """An organisation, what it is called and where it is."""

    id: str
    zh: str
    en: str
    city: str
    province: str


def organisation_line(connection: Connection, organisation_id: str) -> OrganisationLine | None:
    """One organisation."""
    found = _load(connection, _LINE.where(organisations.c.id == organisation_id))
    return found[0] if found else None


def organisations_of_kind(connection: Connection, kind: OrganisationKind) -> list[OrganisationLine]:
    """All factories or all schools, in the order of their registration."""
    return _load(connection, _LINE.where(organisations.c.kind == kind).order_by(organisations.c.id))


_LINE = select(
    organisations.c.id,
    organisations.c.name_zh,
    organisations.c.name_en,
    organisations.c.city,
    organisations.c.province,
)


def _load(connection: Connection, query: Select[Any]) -> list[OrganisationLine]:
    return [OrganisationLine(*row) for row in connection.execute(query)]
