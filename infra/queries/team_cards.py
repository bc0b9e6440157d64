"""Teams as rankings and team pages show them: name, schools, and who can do what."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from domain.matching.model import Member
from infra.queries.names import Name, names_of_organisations
from infra.tables.market import people, student_skills, team_members, teams


@dataclass(frozen=True, slots=True)
class TeamCard:
    """A team with its members in the order of the roster, each with the levels of their skills."""

    id: str
    version: int
    title: str
    captain_id: str
    hours_per_week: float
    city: str
    province: str
    locked: bool
    school_mentor_id: str | None
    schools: tuple[Name, ...]
    members: tuple[Member, ...]

    def member(self, student_id: str) -> Member | None:
        """The member with this id."""
        return next((member for member in self.members if member.student_id == student_id), None)


def team_cards(connection: Connection, ids: Iterable[str]) -> dict[str, TeamCard]:
    """Those of `ids` that exist, in four queries however many there are."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = connection.execute(select(teams).where(teams.c.id.in_(wanted))).all()
    schools = names_of_organisations(connection, {id for row in rows for id in row.school_ids})
    members = _members(connection, wanted)
    return {
        row.id: TeamCard(
            id=row.id,
            version=row.version,
            title=row.title,
            captain_id=row.captain_id,
            hours_per_week=row.hours_per_week,
            city=row.city,
            province=row.province,
            locked=row.locked,
            school_mentor_id=row.school_mentor_id,
            schools=tuple(schools[id] for id in row.school_ids),
            members=tuple(members[row.id]),
        )
        for row in rows
    }


def _members(connection: Connection, team_ids: Iterable[str]) -> dict[str, list[Member]]:
    roster = connection.execute(
        select(team_members.c.team_id, people.c.id, people.c.name_zh, people.c.name_en)
        .join(people, people.c.id == team_members.c.student_id)
        .where(team_members.c.team_id.in_(team_ids))
        .order_by(team_members.c.team_id, team_members.c.position)
    ).all()
    skills: dict[str, dict[str, tuple[int, bool]]] = defaultdict(dict)
    held = select(student_skills).where(student_skills.c.student_id.in_({row.id for row in roster}))
    for skill in connection.execute(held):
        skills[skill.student_id][skill.skill] = (skill.level, skill.certified_by is not None)
    members: dict[str, list[Member]] = defaultdict(list)
    for team_id, student_id, name_zh, name_en in roster:
        members[team_id].append(Member(student_id, name_zh, name_en, skills[student_id]))
    return members
