"""Students and teams of schools, for those who put teams together."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from infra.tables.market import people, student_skills, students, team_members, teams


@dataclass(frozen=True, slots=True)
class OwnSkill:
    """A student's level of a skill, and whether somebody accountable attested it."""

    code: str
    level: int
    certified: bool


def own_skills(connection: Connection, student_id: str) -> Mapping[str, OwnSkill]:
    """By code, what a student can do."""
    held = select(student_skills).where(student_skills.c.student_id == student_id)
    return {
        row.skill: OwnSkill(row.skill, row.level, row.certified_by is not None)
        for row in connection.execute(held)
    }


def student_of_login(connection: Connection, login: str) -> str | None:
    """The id of the student who signs in under that name."""
    query = select(students.c.id).join(people, people.c.id == students.c.id).where(people.c.login == login)
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found


def teams_of_school(connection: Connection, school_id: str) -> list[str]:
    """The ids of the teams with a member of that school, by title."""
    query = (
        select(teams.c.id, teams.c.title)
        .distinct()
        .join(team_members, team_members.c.team_id == teams.c.id)
        .join(students, students.c.id == team_members.c.student_id)
        .where(students.c.school_id == school_id)
        .order_by(teams.c.title)
    )
    return [row.id for row in connection.execute(query)]
