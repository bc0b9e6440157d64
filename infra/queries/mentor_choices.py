"""Mentors of an organisation to choose from, with the room that each has."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from domain.organisations import Role
from infra.repositories.projects import RUNNING
from infra.tables.market import people, projects


@dataclass(frozen=True, slots=True)
class MentorChoice:
    """A mentor; `running` of at most `capacity` projects are theirs now."""

    id: str
    zh: str
    en: str
    organisation_id: str
    capacity: int
    running: int

    @property
    def places_left(self) -> int:
        """How many projects more they take."""
        return max(0, self.capacity - self.running)


def mentor_choices(connection: Connection, organisation_ids: Iterable[str]) -> list[MentorChoice]:
    """The mentors of these organisations, those with the most room first."""
    columns = people.c
    running = (
        select(func.count())
        .where(
            projects.c.state.in_(RUNNING),
            or_(projects.c.school_mentor_id == columns.id, projects.c.enterprise_mentor_id == columns.id),
        )
        .correlate(people)
        .scalar_subquery()
    )
    query = select(
        columns.id,
        columns.name_zh,
        columns.name_en,
        columns.organisation_id,
        columns.capacity,
        running,
        columns.roles,
    ).where(columns.organisation_id.in_(set(organisation_ids)))
    found = [MentorChoice(*row[:-1]) for row in connection.execute(query) if Role.MENTOR in row.roles]
    return sorted(found, key=lambda mentor: (-mentor.places_left, mentor.id))
