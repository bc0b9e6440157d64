"""How often skills are asked for and how many teams have them."""

from collections import Counter
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, distinct, func, select

from domain.audience import Viewer
from infra.queries.visible_needs import visible_open_needs
from infra.tables.market import student_skills, team_members

COUNTED = 2000


def demand(connection: Connection, viewer: Viewer) -> Mapping[str, int]:
    """By skill, how many of the newest 2,000 open challenges that the viewer may see ask for it."""
    needs = visible_open_needs(connection, viewer, COUNTED)
    return Counter(code for need in needs for code in {wanted.skill for wanted in need.skills})


def teams_with(connection: Connection, codes: Collection[str]) -> Mapping[str, int]:
    """By skill, how many teams have a member with it; skills that nobody has are left out."""
    if not codes:
        return {}
    query = (
        select(student_skills.c.skill, func.count(distinct(team_members.c.team_id)))
        .join(team_members, team_members.c.student_id == student_skills.c.student_id)
        .where(student_skills.c.skill.in_(codes))
        .group_by(student_skills.c.skill)
    )
    return {skill: int(count) for skill, count in connection.execute(query)}
