"""How a project stands, in the few figures that its pages and lists show."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.projects import MilestoneState, Project, ProjectState, Side


class Health(StrEnum):
    OK = "ok"
    WATCH = "watch"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class ProjectProgress:
    """Signed, submitted and late milestones of a project, and who it waits for."""

    project_id: str
    version: int
    state: ProjectState
    milestones: int
    signed: int
    submitted: int
    overdue: int
    health: Health
    next_due_on: date | None
    waits_for_school: bool
    waits_for_enterprise: bool
    updated_at: datetime

    @property
    def percent(self) -> int:
        """Signed milestones of all, rounded down."""
        return 100 * self.signed // self.milestones if self.milestones else 0


def progress_of(project: Project, now: datetime) -> ProjectProgress:
    """The figures of `project` at `now`: one late milestone asks to watch, two or a stop are serious."""
    submitted = [m for m in project.milestones if m.state is MilestoneState.SUBMITTED]
    unsigned = [m for m in project.milestones if m.state is not MilestoneState.SIGNED]
    overdue = sum(m.overdue and m.state is not MilestoneState.SIGNED for m in project.milestones)
    if project.state is ProjectState.STOPPED or overdue > 1:
        health = Health.STOP
    else:
        health = Health.WATCH if overdue else Health.OK
    return ProjectProgress(
        project_id=project.id,
        version=project.version,
        state=project.state,
        milestones=len(project.milestones),
        signed=len(project.milestones) - len(unsigned),
        submitted=len(submitted),
        overdue=overdue,
        health=health,
        next_due_on=min((m.due_on for m in unsigned), default=None),
        waits_for_school=any(Side.SCHOOL not in m.signed_at for m in submitted),
        waits_for_enterprise=any(Side.ENTERPRISE not in m.signed_at for m in submitted),
        updated_at=now,
    )
