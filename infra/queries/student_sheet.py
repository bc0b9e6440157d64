"""One student with their skills, and who may look."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from domain.audience import Viewer
from domain.students import StudentSkill
from infra.queries.names import Name, names_of_organisations, names_of_people
from infra.tables.market import projects, student_skills, students, team_members


@dataclass(frozen=True, slots=True)
class StudentSheet:
    """A student; `skills` by code."""

    name: Name
    version: int
    school: Name
    skills: Mapping[str, StudentSkill]


def student_sheet(connection: Connection, viewer: Viewer, student_id: str) -> StudentSheet | None:
    """The student; None where there is none whom `viewer` may know.

    Known are oneself, the people of one's school, team-mates, the members of teams whose project one
    mentors, and everybody to an administrator.
    """
    row = connection.execute(select(students).where(students.c.id == student_id)).one_or_none()
    if row is None:
        return None
    at_home = viewer.is_administrator or viewer.organisation_id == row.school_id
    if not at_home and not _works_with(connection, viewer, student_id):
        return None
    held = select(student_skills).where(student_skills.c.student_id == student_id)
    return StudentSheet(
        name=names_of_people(connection, [student_id])[student_id],
        version=row.version,
        school=names_of_organisations(connection, [row.school_id])[row.school_id],
        skills={s.skill: StudentSkill(s.level, s.certified_by) for s in connection.execute(held)},
    )


def _works_with(connection: Connection, viewer: Viewer, student_id: str) -> bool:
    teams = select(team_members.c.team_id).where(team_members.c.student_id == student_id)
    mate = select(team_members.c.team_id).where(
        team_members.c.student_id == viewer.person_id, team_members.c.team_id.in_(teams)
    )
    mentored = select(projects.c.team_id).where(
        projects.c.team_id.in_(teams),
        or_(
            projects.c.school_mentor_id == viewer.person_id,
            projects.c.enterprise_mentor_id == viewer.person_id,
        ),
    )
    return connection.execute(mate.union(mentored).limit(1)).first() is not None
