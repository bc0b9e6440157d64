"""Teams and their rosters."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select

from domain.teams import Team
from infra.repositories.base import SqlRepository
from infra.tables.market import team_members, teams


class SqlTeams(SqlRepository[Team]):
    table = teams
    kind = Team

    def to_values(self, aggregate: Team) -> dict[str, Any]:
        return {
            "title": aggregate.title,
            "captain_id": aggregate.captain_id,
            "school_ids": aggregate.school_ids,
            "hours_per_week": aggregate.hours_per_week,
            "city": aggregate.city,
            "province": aggregate.province,
            "school_mentor_id": aggregate.school_mentor_id,
            "locked": aggregate.locked,
            "profile": aggregate.profile,
        }

    def from_rows(self, rows: Sequence[Row[Any]]) -> list[Team]:
        members: dict[str, list[str]] = defaultdict(list)
        if rows:
            roster = (
                select(team_members.c.team_id, team_members.c.student_id)
                .where(team_members.c.team_id.in_([row.id for row in rows]))
                .order_by(team_members.c.team_id, team_members.c.position)
            )
            for team_id, student_id in self.connection.execute(roster):
                members[team_id].append(student_id)
        return [Team(**row._mapping, member_ids=tuple(members[row.id])) for row in rows]

    def save_parts(self, aggregate: Team) -> None:
        self.connection.execute(delete(team_members).where(team_members.c.team_id == aggregate.id))
        self.connection.execute(
            insert(team_members),
            [
                {"team_id": aggregate.id, "student_id": student_id, "position": position}
                for position, student_id in enumerate(aggregate.member_ids)
            ],
        )

    def of_students(self, student_ids: Iterable[str]) -> list[Team]:
        theirs = select(team_members.c.team_id).where(team_members.c.student_id.in_(set(student_ids)))
        return self.load(select(teams).where(teams.c.id.in_(theirs)).order_by(teams.c.id))
