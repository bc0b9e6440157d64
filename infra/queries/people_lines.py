"""The people of organisations, for those who register them."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from domain.organisations import Role
from infra.tables.market import people


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody who signs in; `capacity` is how many projects a mentor takes at once."""

    id: str
    version: int
    organisation_id: str
    login: str
    name_zh: str
    name_en: str
    roles: frozenset[Role]
    capacity: int


def person_line(connection: Connection, person_id: str) -> PersonLine | None:
    """One person; None where there is none."""
    row = connection.execute(_LINE.where(people.c.id == person_id)).one_or_none()
    return PersonLine(*row) if row else None


def people_of(
    connection: Connection, organisation_id: str, after: str | None, limit: int
) -> tuple[list[PersonLine], int]:
    """At most `limit` people of an organisation in the order of their registration, those behind the id
    `after`, and how many there are in all."""
    here = people.c.organisation_id == organisation_id
    total = connection.execute(select(func.count()).select_from(people).where(here)).scalar_one()
    query = _LINE.where(here).order_by(people.c.id).limit(limit)
    if after is not None:
        query = query.where(people.c.id > after)
    return [PersonLine(*row) for row in connection.execute(query)], total


def home_of_administrators(connection: Connection) -> str | None:
    """The id of the organisation of the platform's first administrator; None where there is none yet."""
    query = select(people.c.organisation_id, people.c.roles).order_by(people.c.id)
    return next(
        (row.organisation_id for row in connection.execute(query) if Role.ADMINISTRATOR in row.roles), None
    )


_LINE = select(
    people.c.id,
    people.c.version,
    people.c.organisation_id,
    people.c.login,
    people.c.name_zh,
    people.c.name_en,
    people.c.roles,
    people.c.capacity,
)
