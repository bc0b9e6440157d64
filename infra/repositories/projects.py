"""Projects and their milestones."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, RowMapping, bindparam, func, insert, or_, select, update

from domain.projects import Milestone, Project, ProjectState, Side
from infra.repositories.base import SqlRepository
from infra.tables.market import milestones, projects

RUNNING = (ProjectState.PLANNING, ProjectState.ACTIVE)
SIGNATURES = {Side.SCHOOL: "school_signed_at", Side.ENTERPRISE: "enterprise_signed_at"}


class SqlProjects(SqlRepository[Project]):
    table = projects
    kind = Project

    def to_values(self, aggregate: Project) -> dict[str, Any]:
        return {
            "challenge_id": aggregate.challenge_id,
            "bid_id": aggregate.bid_id,
            "team_id": aggregate.team_id,
            "factory_id": aggregate.factory_id,
            "state": aggregate.state,
            "school_mentor_id": aggregate.school_mentor_id,
            "enterprise_mentor_id": aggregate.enterprise_mentor_id,
            "started_at": aggregate.started_at,
            "delivered_at": aggregate.delivered_at,
            "stopped_reason": aggregate.stopped_reason,
        }

    def from_rows(self, rows: Sequence[Row[Any]]) -> list[Project]:
        steps: dict[str, list[Milestone]] = defaultdict(list)
        if rows:
            theirs = (
                select(milestones)
                .where(milestones.c.project_id.in_([row.id for row in rows]))
                .order_by(milestones.c.project_id, milestones.c.position)
            )
            for step in self.connection.execute(theirs).mappings():
                steps[step["project_id"]].append(milestone_of(step))
        return [Project(**row._mapping, milestones=steps[row.id]) for row in rows]

    def save_parts(self, aggregate: Project) -> None:
        stored = set(
            self.connection.execute(
                select(milestones.c.id).where(milestones.c.project_id == aggregate.id)
            ).scalars()
        )
        values = [_values(aggregate.id, step) for step in aggregate.milestones]
        new = [v for v in values if v["id"] not in stored]
        old = [{**v, "milestone_id": v["id"]} for v in values if v["id"] in stored]
        if new:
            self.connection.execute(insert(milestones), new)
        if old:
            self.connection.execute(
                update(milestones).where(milestones.c.id == bindparam("milestone_id")), old
            )

    def running_of_mentor(self, mentor_id: str) -> int:
        seen_through = select(func.count()).where(
            projects.c.state.in_(RUNNING),
            or_(projects.c.school_mentor_id == mentor_id, projects.c.enterprise_mentor_id == mentor_id),
        )
        return int(self.connection.execute(seen_through).scalar_one())

    def running_of_team(self, team_id: str) -> int:
        worked_on = select(func.count()).where(projects.c.state.in_(RUNNING), projects.c.team_id == team_id)
        return int(self.connection.execute(worked_on).scalar_one())


def milestone_of(row: RowMapping) -> Milestone:
    """The milestone of a row."""
    return Milestone(
        id=row["id"],
        position=row["position"],
        title=row["title"],
        due_on=row["due_on"],
        state=row["state"],
        note=row["note"],
        submitted_at=row["submitted_at"],
        returned_reason=row["returned_reason"],
        signed_at={side: row[column] for side, column in SIGNATURES.items() if row[column] is not None},
        overdue=row["overdue"],
    )


def _values(project_id: str, step: Milestone) -> dict[str, Any]:
    return {
        "id": step.id,
        "project_id": project_id,
        "position": step.position,
        "title": step.title,
        "due_on": step.due_on,
        "state": step.state,
        "note": step.note,
        "submitted_at": step.submitted_at,
        "returned_reason": step.returned_reason,
        "school_signed_at": step.signed_at.get(Side.SCHOOL),
        "enterprise_signed_at": step.signed_at.get(Side.ENTERPRISE),
        "overdue": step.overdue,
    }
