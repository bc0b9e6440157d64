"""Who was asked to join which team and has not answered yet."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from infra.queries.names import Name, names_of_organisations
from infra.tables.market import people, team_invitations, team_members, teams


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a student knows of a team that asks them: its name, schools and size, and who leads it."""

    team_id: str
    title: str
    schools: tuple[Name, ...]
    size: int
    captain: Name


@dataclass(frozen=True, slots=True)
class Asked:
    """A student who was asked, as the team knows them: by their sign-in name, not by what they can do."""

    student_id: str
    login: str


def invitations_of(connection: Connection, student_id: str) -> list[Invitation]:
    """The teams that wait for the student's answer."""
    size = select(func.count()).where(team_members.c.team_id == teams.c.id).correlate(teams).scalar_subquery()
    query = (
        select(
            teams.c.id,
            teams.c.title,
            teams.c.school_ids,
            size.label("size"),
            people.c.id.label("captain_id"),
            people.c.name_zh,
            people.c.name_en,
        )
        .join(team_invitations, team_invitations.c.team_id == teams.c.id)
        .join(people, people.c.id == teams.c.captain_id)
        .where(team_invitations.c.student_id == student_id)
        .order_by(teams.c.id)
    )
    rows = connection.execute(query).all()
    schools = names_of_organisations(connection, {id for row in rows for id in row.school_ids})
    return [
        Invitation(
            team_id=row.id,
            title=row.title,
            schools=tuple(schools[id] for id in row.school_ids),
            size=row.size,
            captain=Name(row.captain_id, row.name_zh, row.name_en),
        )
        for row in rows
    ]


def asked_by(connection: Connection, team_id: str) -> list[Asked]:
    """The students whom the team has asked, in the order of asking."""
    query = (
        select(people.c.id, people.c.login)
        .join(team_invitations, team_invitations.c.student_id == people.c.id)
        .where(team_invitations.c.team_id == team_id)
        .order_by(team_invitations.c.position)
    )
    return [Asked(row.id, row.login) for row in connection.execute(query)]
