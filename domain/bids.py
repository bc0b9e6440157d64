"""Bids: a team's proposal for a challenge."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from domain import events
from domain.aggregate import Aggregate
from domain.days import day_of
from domain.errors import Invalid, WrongState


class BidState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    REVISED = "revised"
    SHORTLISTED = "shortlisted"
    AWARDED = "awarded"
    RESERVED = "reserved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


IN_THE_RUNNING = frozenset({BidState.SUBMITTED, BidState.REVISED, BidState.SHORTLISTED, BidState.RESERVED})
MOST_MILESTONES = 20


@dataclass(frozen=True, slots=True)
class PlannedMilestone:
    """A step of the plan with the day on which it is due."""

    title: str
    due_on: date


@dataclass(kw_only=True)
class Bid(Aggregate):
    """How a team would solve a challenge, by when, with how many hours a week."""

    name: ClassVar[str] = "bid"

    challenge_id: str
    team_id: str
    author_id: str
    state: BidState
    approach: str
    plan: tuple[PlannedMilestone, ...]
    hours_per_week: float
    created_at: datetime
    submitted_at: datetime | None = None
    feedback: str = ""

    @property
    def log_key(self) -> str:
        return self.challenge_id

    @property
    def in_the_running(self) -> bool:
        """Whether the factory may still choose this bid."""
        return self.state in IN_THE_RUNNING

    @classmethod
    def draft(
        cls,
        id: str,
        challenge_id: str,
        team_id: str,
        author_id: str,
        approach: str,
        plan: tuple[PlannedMilestone, ...],
        hours_per_week: float,
        now: datetime,
    ) -> "Bid":
        bid = cls(
            id=id,
            challenge_id=challenge_id,
            team_id=team_id,
            author_id=author_id,
            state=BidState.DRAFT,
            approach=approach,
            plan=plan,
            hours_per_week=hours_per_week,
            created_at=now,
        )
        bid.record(events.BidDrafted(challenge_id=challenge_id, team_id=team_id))
        return bid

    def submit(self, now: datetime) -> None:
        """Send it to the factory; raises Invalid without an approach, or without a plan that lies ahead."""
        self._require(BidState.DRAFT)
        self._check_complete(now)
        self.state, self.submitted_at = BidState.SUBMITTED, now
        self.record(events.BidSubmitted(challenge_id=self.challenge_id, team_id=self.team_id))

    def revise(
        self, approach: str, plan: tuple[PlannedMilestone, ...], hours_per_week: float, now: datetime
    ) -> None:
        """Replace a bid that was sent; the caller has checked that bids are still open."""
        self._require(BidState.SUBMITTED, BidState.REVISED)
        self.approach, self.plan, self.hours_per_week = approach, plan, hours_per_week
        self._check_complete(now)
        self.state = BidState.REVISED
        self.record(events.BidRevised(challenge_id=self.challenge_id, team_id=self.team_id))

    def withdraw(self) -> None:
        self._require(BidState.DRAFT, BidState.SUBMITTED, BidState.REVISED)
        self.state = BidState.WITHDRAWN
        self.record(events.BidWithdrawn(challenge_id=self.challenge_id, team_id=self.team_id))

    def shortlist(self) -> None:
        self._require(BidState.SUBMITTED, BidState.REVISED)
        self.state = BidState.SHORTLISTED
        self.record(events.BidShortlisted(challenge_id=self.challenge_id, team_id=self.team_id))

    def award(self) -> None:
        self._require(*IN_THE_RUNNING)
        self.state = BidState.AWARDED
        self.record(events.BidAwarded(challenge_id=self.challenge_id, team_id=self.team_id))

    def reserve(self, feedback: str = "") -> None:
        """Keep it as the next in line, should the winner step back."""
        self._require(*IN_THE_RUNNING)
        self.state, self.feedback = BidState.RESERVED, feedback
        self.record(events.BidReserved(challenge_id=self.challenge_id, team_id=self.team_id))

    def decline(self, feedback: str = "") -> None:
        """Tell the team that another won, and what it can learn from that."""
        self._require(*IN_THE_RUNNING)
        self.state, self.feedback = BidState.DECLINED, feedback
        self.record(events.BidDeclined(challenge_id=self.challenge_id, team_id=self.team_id))

    def _check_complete(self, now: datetime) -> None:
        if not self.approach.strip():
            raise Invalid(field="approach", reason="empty")
        if not 1 <= len(self.plan) <= MOST_MILESTONES:
            raise Invalid(field="plan", reason="milestones", least=1, most=MOST_MILESTONES)
        for position, step in enumerate(self.plan):
            if not step.title.strip():
                raise Invalid(field=f"plan.{position}.title", reason="empty")
            if step.due_on < day_of(now):
                raise Invalid(field=f"plan.{position}.due_on", reason="a day that is past")

    def _require(self, *states: BidState) -> None:
        if self.state not in states:
            raise WrongState(state=self.state, allowed=sorted(states))
