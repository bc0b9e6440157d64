"""Projects: what an award starts, and its milestones with two separate signatures."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import ClassVar

from domain import events
from domain.aggregate import Aggregate
from domain.days import CHINA
from domain.errors import Invalid, NotAllowed, NotFound, WrongState


class ProjectState(StrEnum):
    PLANNING = "planning"
    ACTIVE = "active"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    SUSTAINED = "sustained"
    STOPPED = "stopped"


class MilestoneState(StrEnum):
    PLANNED = "planned"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    SIGNED = "signed"


class Side(StrEnum):
    """Whose mentor: the school vouches for the work, the enterprise for its use."""

    SCHOOL = "school"
    ENTERPRISE = "enterprise"


@dataclass(kw_only=True)
class Milestone:
    """A step of a project; signed means that both mentors signed, each for themselves."""

    id: str
    position: int
    title: str
    due_on: date
    state: MilestoneState = MilestoneState.PLANNED
    note: str = ""
    submitted_at: datetime | None = None
    returned_reason: str = ""
    signed_at: dict[Side, datetime] = field(default_factory=dict)
    overdue: bool = False

    @property
    def overdue_from(self) -> datetime:
        """The end of the day on which it is due, in China's time."""
        return datetime.combine(self.due_on + timedelta(days=1), time.min, tzinfo=CHINA)


@dataclass(kw_only=True)
class Project(Aggregate):
    """A team at work on a challenge, with one mentor from the school and one from the enterprise."""

    name: ClassVar[str] = "project"

    challenge_id: str
    bid_id: str
    team_id: str
    factory_id: str
    state: ProjectState
    school_mentor_id: str
    enterprise_mentor_id: str
    milestones: list[Milestone]
    started_at: datetime
    delivered_at: datetime | None = None
    stopped_reason: str | None = None

    @property
    def log_key(self) -> str:
        return self.challenge_id

    @classmethod
    def plan(
        cls,
        id: str,
        challenge_id: str,
        bid_id: str,
        team_id: str,
        factory_id: str,
        school_mentor_id: str,
        enterprise_mentor_id: str,
        milestones: list[Milestone],
        now: datetime,
    ) -> "Project":
        project = cls(
            id=id,
            challenge_id=challenge_id,
            bid_id=bid_id,
            team_id=team_id,
            factory_id=factory_id,
            state=ProjectState.PLANNING,
            school_mentor_id=school_mentor_id,
            enterprise_mentor_id=enterprise_mentor_id,
            milestones=milestones,
            started_at=now,
        )
        project.record(events.ProjectPlanned(challenge_id=challenge_id, team_id=team_id))
        return project

    def activate(self) -> None:
        """Both mentors and the plan are known: work begins."""
        self._require(ProjectState.PLANNING)
        self.state = ProjectState.ACTIVE
        self.record(events.ProjectActivated(challenge_id=self.challenge_id, team_id=self.team_id))

    def milestone(self, milestone_id: str) -> Milestone:
        """Raises NotFound where the project has no such milestone."""
        for milestone in self.milestones:
            if milestone.id == milestone_id:
                return milestone
        raise NotFound(kind="milestone", id=milestone_id)

    def submit_milestone(self, milestone_id: str, note: str, now: datetime) -> None:
        """Hand a finished step to both mentors; what was signed before a return is signed again."""
        milestone = self._working_milestone(milestone_id, MilestoneState.PLANNED, MilestoneState.RETURNED)
        milestone.state = MilestoneState.SUBMITTED
        milestone.note, milestone.submitted_at, milestone.returned_reason = note, now, ""
        milestone.signed_at = {}
        self.record(
            events.MilestoneSubmitted(
                challenge_id=self.challenge_id, team_id=self.team_id, milestone_id=milestone_id
            )
        )

    def sign_milestone(self, milestone_id: str, mentor_id: str, now: datetime) -> None:
        """Sign for the mentor's own side; the second signature completes the step, the last step delivers.

        Raises WrongState where that side has signed already or nothing was submitted.
        """
        side = self.side_of(mentor_id)
        milestone = self._working_milestone(milestone_id, MilestoneState.SUBMITTED)
        if side in milestone.signed_at:
            raise WrongState(state=milestone.state, reason="already signed", side=side)
        milestone.signed_at[side] = now
        complete = len(milestone.signed_at) == len(Side)
        if complete:
            milestone.state = MilestoneState.SIGNED
        self.record(
            events.MilestoneSigned(
                challenge_id=self.challenge_id,
                team_id=self.team_id,
                milestone_id=milestone_id,
                side=side,
                complete=complete,
            )
        )
        if all(m.state is MilestoneState.SIGNED for m in self.milestones):
            self._deliver(now)

    def return_milestone(self, milestone_id: str, mentor_id: str, reason: str) -> None:
        """Send a step back to the team with the reason; the other side's signature lapses."""
        side = self.side_of(mentor_id)
        if not reason.strip():
            raise Invalid(field="reason", reason="empty")
        milestone = self._working_milestone(milestone_id, MilestoneState.SUBMITTED)
        milestone.state, milestone.returned_reason = MilestoneState.RETURNED, reason
        milestone.signed_at = {}
        self.record(
            events.MilestoneReturned(
                challenge_id=self.challenge_id,
                team_id=self.team_id,
                milestone_id=milestone_id,
                side=side,
            )
        )

    def mark_overdue(self, milestone_id: str, now: datetime) -> bool:
        """Note that a step is late; False where it is not, so that a stale timer does nothing."""
        milestone = self.milestone(milestone_id)
        waiting = milestone.state in (MilestoneState.PLANNED, MilestoneState.RETURNED)
        if self.state is not ProjectState.ACTIVE or milestone.overdue or not waiting:
            return False
        if now < milestone.overdue_from:
            return False
        milestone.overdue = True
        self.record(
            events.MilestoneOverdue(
                challenge_id=self.challenge_id, team_id=self.team_id, milestone_id=milestone_id
            )
        )
        return True

    def accept(self) -> None:
        """The factory takes the delivered work over."""
        self._require(ProjectState.DELIVERED)
        self.state = ProjectState.ACCEPTED
        self.record(events.ProjectAccepted(challenge_id=self.challenge_id, team_id=self.team_id))

    def stop(self, reason: str) -> None:
        """Give it up, for a reason that everybody concerned reads; team and mentors are free again."""
        if not reason.strip():
            raise Invalid(field="reason", reason="empty")
        self._require(ProjectState.PLANNING, ProjectState.ACTIVE)
        self.state, self.stopped_reason = ProjectState.STOPPED, reason
        self.record(events.ProjectStopped(challenge_id=self.challenge_id, team_id=self.team_id))

    def side_of(self, mentor_id: str) -> Side:
        """Raises NotAllowed unless the person is one of the project's two mentors."""
        if mentor_id == self.school_mentor_id:
            return Side.SCHOOL
        if mentor_id == self.enterprise_mentor_id:
            return Side.ENTERPRISE
        raise NotAllowed(reason="only the project's mentors")

    def _deliver(self, now: datetime) -> None:
        self.state, self.delivered_at = ProjectState.DELIVERED, now
        self.record(events.ProjectDelivered(challenge_id=self.challenge_id, team_id=self.team_id))

    def _working_milestone(self, milestone_id: str, *states: MilestoneState) -> Milestone:
        self._require(ProjectState.ACTIVE)
        milestone = self.milestone(milestone_id)
        if milestone.state not in states:
            raise WrongState(state=milestone.state, allowed=sorted(states))
        return milestone

    def _require(self, *states: ProjectState) -> None:
        if self.state not in states:
            raise WrongState(state=self.state, allowed=sorted(states))
