"""Who is reading a page: name, home, roles, teams, and how much waits unread."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from domain.organisations import OrganisationKind, Role
from infra.queries.names import Name
from infra.tables.market import organisations, people, team_members, teams
from infra.tables.projections import notifications


@dataclass(frozen=True, slots=True)
class OwnTeam:
    """A team in which the reader is a member."""

    id: str
    title: str
    is_captain: bool


@dataclass(frozen=True, slots=True)
class ReaderCard:
    """A person with what the frame of every page shows; `teams` has those they lead first."""

    person_id: str
    login: str
    name: Name
    roles: frozenset[Role]
    organisation: Name
    organisation_kind: OrganisationKind
    unread: int
    teams: tuple[OwnTeam, ...]


def reader_card(connection: Connection, person_id: str) -> ReaderCard | None:
    """The card of a person; None where there is no such person."""
    unread = (
        select(func.count())
        .where(notifications.c.person_id == people.c.id, notifications.c.read_at.is_(None))
        .scalar_subquery()
    )
    row = connection.execute(
        select(
            people.c.login,
            people.c.name_zh,
            people.c.name_en,
            people.c.roles,
            people.c.organisation_id,
            organisations.c.kind,
            organisations.c.name_zh.label("organisation_zh"),
            organisations.c.name_en.label("organisation_en"),
            unread.label("unread"),
        )
        .join(organisations, organisations.c.id == people.c.organisation_id)
        .where(people.c.id == person_id)
    ).one_or_none()
    if row is None:
        return None
    return ReaderCard(
        person_id=person_id,
        login=row.login,
        name=Name(person_id, row.name_zh, row.name_en),
        roles=row.roles,
        organisation=Name(row.organisation_id, row.organisation_zh, row.organisation_en),
        organisation_kind=row.kind,
        unread=row.unread,
        teams=_own_teams(connection, person_id),
    )


def _own_teams(connection: Connection, person_id: str) -> tuple[OwnTeam, ...]:
    rows = connection.execute(
        select(teams.c.id, teams.c.title, teams.c.captain_id)
        .join(team_members, team_members.c.team_id == teams.c.id)
        .where(team_members.c.student_id == person_id)
        .order_by(teams.c.id)
    )
    own = [OwnTeam(row.id, row.title, row.captain_id == person_id) for row in rows]
    return tuple(sorted(own, key=lambda team: not team.is_captain))
