"""The teams in which a viewer has a part."""

from sqlalchemy import ColumnElement, Connection, func, or_, select, true

from domain.audience import Viewer
from infra.tables.market import students, team_members, teams


def teams_of_viewer(
    connection: Connection, viewer: Viewer, before: str | None = None, limit: int = 100
) -> tuple[list[str], int]:
    """Their ids below `before`, the newest first, and how many there are in all.

    One's own teams, those with a student of one's school, and all for an administrator.
    """
    part = _has_part(viewer)
    total = connection.execute(select(func.count()).select_from(teams).where(part)).scalar_one()
    page = select(teams.c.id).where(part).order_by(teams.c.id.desc()).limit(limit)
    if before is not None:
        page = page.where(teams.c.id < before)
    return list(connection.execute(page).scalars()), int(total)


def _has_part(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.is_administrator:
        return true()
    with_classmate = (
        select(team_members.c.team_id)
        .join(students, students.c.id == team_members.c.student_id)
        .where(or_(students.c.id == viewer.person_id, students.c.school_id == viewer.organisation_id))
    )
    return teams.c.id.in_(with_classmate)
