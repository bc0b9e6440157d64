"""Organisations with their places."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

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


@dataclass(frozen=True, slots=True)
class OrganisationSheet:
    """An organisation with all that is kept of it."""

    id: str
    version: int
    kind: OrganisationKind
    name_zh: str
    name_en: str
    city: str
    province: str


def organisation_sheet(connection: Connection, organisation_id: str) -> OrganisationSheet | None:
    """One organisation; None where there is none."""
    row = connection.execute(_SHEET.where(organisations.c.id == organisation_id)).one_or_none()
    return OrganisationSheet(*row) if row else None


def organisation_sheets(
    connection: Connection, kind: OrganisationKind | None, after: str | None, limit: int
) -> tuple[list[OrganisationSheet], int]:
    """At most `limit` organisations of the kind (None: of both) in the order of their registration, those
    behind the id `after`, and how many there are in all."""
    of_kind = [] if kind is None else [organisations.c.kind == kind]
    total = connection.execute(select(func.count()).select_from(organisations).where(*of_kind)).scalar_one()
    query = _SHEET.where(*of_kind).order_by(organisations.c.id).limit(limit)
    if after is not None:
        query = query.where(organisations.c.id > after)
    return [OrganisationSheet(*row) for row in connection.execute(query)], total


def all_organisations(connection: Connection) -> list[str]:
    """The ids of everybody who takes part."""
    return list(connection.execute(select(organisations.c.id).order_by(organisations.c.id)).scalars())


def organisation_line(connection: Connection, organisation_id: str) -> OrganisationLine | None:
    """One organisation."""
    found = _load(connection, _LINE.where(organisations.c.id == organisation_id))
    return found[0] if found else None


def organisations_of_kind(connection: Connection, kind: OrganisationKind) -> list[OrganisationLine]:
    """All factories or all schools, in the order of their registration."""
    return _load(connection, _LINE.where(organisations.c.kind == kind).order_by(organisations.c.id))


_SHEET = select(
    organisations.c.id,
    organisations.c.version,
    organisations.c.kind,
    organisations.c.name_zh,
    organisations.c.name_en,
    organisations.c.city,
    organisations.c.province,
)
_LINE = select(
    organisations.c.id,
    organisations.c.name_zh,
    organisations.c.name_en,
    organisations.c.city,
    organisations.c.province,
)


def _load(connection: Connection, query: Select[Any]) -> list[OrganisationLine]:
    return [OrganisationLine(*row) for row in connection.execute(query)]
