"""Teams, their rosters and their invitations."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Table, delete, insert, select

from domain.teams import Team
from infra.repositories.base import SqlRepository
from infra.tables.market import team_invitations, team_members, teams


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
        if not rows:
            return []
        ids = [row.id for row in rows]
        members, invited = self._students(team_members, ids), self._students(team_invitations, ids)
        return [
            Team(**row._mapping, member_ids=tuple(members[row.id]), invited_ids=tuple(invited[row.id]))
            for row in rows
        ]

    def save_parts(self, aggregate: Team) -> None:
        for table, ids in ((team_members, aggregate.member_ids), (team_invitations, aggregate.invited_ids)):
            self.connection.execute(delete(table).where(table.c.team_id == aggregate.id))
            if ids:
                self.connection.execute(
                    insert(table),
                    [
                        {"team_id": aggregate.id, "student_id": student_id, "position": position}
                        for position, student_id in enumerate(ids)
                    ],
                )

    def of_students(self, student_ids: Iterable[str]) -> list[Team]:
        theirs = select(team_members.c.team_id).where(team_members.c.student_id.in_(set(student_ids)))
        return self.load(select(teams).where(teams.c.id.in_(theirs)).order_by(teams.c.id))

    def _students(self, table: Table, team_ids: Sequence[str]) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        query = (
            select(table.c.team_id, table.c.student_id)
            .where(table.c.team_id.in_(team_ids))
            .order_by(table.c.team_id, table.c.position)
        )
        for team_id, student_id in self.connection.execute(query):
            found[team_id].append(student_id)
        return found
