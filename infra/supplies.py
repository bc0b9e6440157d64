"""What the matching engine keeps in memory, as the rows have it: teams, open challenges, full schools."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, Text, cast, func, or_, select

from domain.challenges import ChallengeState
from domain.matching.model import Need, TeamRow
from domain.organisations import OrganisationKind
from infra.repositories.projects import RUNNING
from infra.tables.market import challenges, organisations, people, projects, teams

_TEAM = select(
    teams.c.id,
    teams.c.version,
    teams.c.profile,
    cast(teams.c.school_ids, Text),
    teams.c.hours_per_week,
    teams.c.city,
    teams.c.province,
    ~teams.c.locked,
)
_NEED = select(
    challenges.c.id,
    challenges.c.version,
    challenges.c.skills,
    challenges.c.hours_per_week,
    challenges.c.city,
    challenges.c.province,
    challenges.c.remote,
    challenges.c.eligible_schools,
    challenges.c.state,
)


@dataclass(frozen=True, slots=True)
class Needs:
    """Open challenges, and the versions of those that are not open."""

    open: list[Need]
    closed: dict[str, int]


def all_teams(connection: Connection) -> list[TeamRow]:
    """Every team."""
    return _teams(connection, _TEAM)


def teams_of(connection: Connection, ids: Iterable[str]) -> list[TeamRow]:
    """Those of `ids` that exist, in one query."""
    wanted = set(ids)
    return _teams(connection, _TEAM.where(teams.c.id.in_(wanted))) if wanted else []


def all_open_needs(connection: Connection) -> list[Need]:
    """Every challenge that is open."""
    return _needs(connection, _NEED.where(challenges.c.state == ChallengeState.OPEN)).open


def needs_of(connection: Connection, ids: Iterable[str]) -> Needs:
    """Those of `ids` that exist, open or not, in one query."""
    wanted = set(ids)
    return _needs(connection, _NEED.where(challenges.c.id.in_(wanted))) if wanted else Needs([], {})


def full_schools(connection: Connection) -> frozenset[str]:
    """The schools whose every mentor sees as many projects through as they have agreed to.

    A school that has named no mentor yet is not one of them.
    """
    running = (
        select(people.c.id, func.count(projects.c.id).label("running"))
        .join(
            projects,
            or_(projects.c.school_mentor_id == people.c.id, projects.c.enterprise_mentor_id == people.c.id),
        )
        .where(projects.c.state.in_(RUNNING))
        .group_by(people.c.id)
        .subquery()
    )
    mentors = (
        select(people.c.organisation_id, people.c.capacity, func.coalesce(running.c.running, 0))
        .join(organisations, organisations.c.id == people.c.organisation_id)
        .outerjoin(running, running.c.id == people.c.id)
        .where(people.c.capacity > 0, organisations.c.kind == OrganisationKind.SCHOOL)
    )
    room: dict[str, int] = defaultdict(int)
    for school_id, capacity, taken in connection.execute(mentors):
        room[school_id] += max(0, capacity - taken)
    return frozenset(school_id for school_id, places in room.items() if not places)


def _teams(connection: Connection, query: Select[Any]) -> list[TeamRow]:
    rows = connection.execute(query.execution_options(yield_per=10_000))
    return [
        TeamRow(id, version, profile, _schools(schools), hours, city, province, available)
        for id, version, profile, schools, hours, city, province, available in rows
    ]


@lru_cache(maxsize=10_000)
def _schools(ids: str) -> tuple[str, ...]:
    """The ids in a JSON list: the same few lists stand in many teams' rows."""
    return tuple(json.loads(ids))


def _needs(connection: Connection, query: Select[Any]) -> Needs:
    needs = Needs([], {})
    for row in connection.execute(query):
        if row.state is not ChallengeState.OPEN:
            needs.closed[row.id] = row.version
            continue
        needs.open.append(
            Need(
                challenge_id=row.id,
                version=row.version,
                skills=row.skills,
                hours_per_week=row.hours_per_week,
                city=row.city,
                province=row.province,
                remote=row.remote,
                eligible_schools=frozenset(row.eligible_schools),
            )
        )
    return needs
