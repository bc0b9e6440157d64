"""Bids as they come in and as both sides see them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from api.rest.fields import Day, Hours, Id, Input, Output, line, prose
from domain.bids import MOST_MILESTONES, Bid, BidState, PlannedMilestone
from domain.challenges import ChallengeState
from domain.use_cases.bids import Award, Proposal
from infra.queries.visible_bids import VisibleBid

MOST_BIDS = 500


class PlannedIn(Input):
    """A step of the plan with the day on which it is due, in China's time."""

    title: Annotated[str, line(200)] = Field(examples=["传感器安装与采集"])
    due_on: Day


Approach = Annotated[str, prose(20_000), Field(examples=["在主轴座加装加速度传感器，边缘侧做频谱分析。"])]
Plan = Annotated[list[PlannedIn], Field(min_length=1, max_length=MOST_MILESTONES)]


class BidIn(Input):
    """What my team offers: how, in which steps, with how many hours a week."""

    team_id: Id
    approach: Approach
    plan: Plan
    hours_per_week: Hours

    @property
    def proposal(self) -> Proposal:
        """The offer as the domain takes it."""
        return Proposal(self.approach, planned(self.plan), self.hours_per_week)


@with_config(ConfigDict(extra="forbid"))
class BidChange(TypedDict, total=False):
    """What changes of a bid that was sent; what is left out stays."""

    approach: Approach
    plan: Plan
    hours_per_week: Hours


def revised(bid: Bid, change: BidChange) -> Proposal:
    """The bid's contents with the change."""
    return Proposal(
        change.get("approach", bid.approach),
        planned(change["plan"]) if "plan" in change else bid.plan,
        change.get("hours_per_week", bid.hours_per_week),
    )


def planned(plan: list[PlannedIn]) -> tuple[PlannedMilestone, ...]:
    """The plan as the domain takes it."""
    return tuple(PlannedMilestone(step.title, step.due_on) for step in plan)


class AwardIn(Input):
    """Who sees the project through, and what the other teams are told, by bid.

    A mentor left out is the team's or the challenge's own. Bids in `reserve` are the next in line; the
    others are declined.
    """

    school_mentor_id: Id | None = None
    enterprise_mentor_id: Id | None = None
    feedback: Annotated[dict[Id, Annotated[str, prose(2_000)]], Field(max_length=MOST_BIDS)] = Field(
        default_factory=dict
    )
    reserve: Annotated[list[Id], Field(max_length=MOST_BIDS)] = Field(default_factory=list)

    @property
    def award(self) -> Award:
        """The award as the domain takes it."""
        return Award(self.school_mentor_id, self.enterprise_mentor_id, self.feedback, tuple(self.reserve))


class PlannedOut(Output):
    """A step of the plan."""

    title: str
    due_on: date


class BidChallengeOut(Output):
    """The challenge that a bid is for; its title is in `language`."""

    id: str
    number: int
    title: str
    language: str
    state: ChallengeState


class BidTeamOut(Output):
    """The team that bids."""

    id: str
    title: str


class BidOut(Output):
    """A bid. `feedback` is what the factory told a team that did not win."""

    id: str
    version: int
    state: BidState
    challenge: BidChallengeOut
    team: BidTeamOut
    author_id: str
    approach: str
    plan: list[PlannedOut]
    hours_per_week: float
    created_at: datetime
    submitted_at: datetime | None
    feedback: str

    @classmethod
    def of(cls, line: VisibleBid) -> "BidOut":
        """A bid that the reader may see."""
        bid = line.bid
        return cls(
            id=bid.id,
            version=bid.version,
            state=bid.state,
            challenge=BidChallengeOut(
                id=bid.challenge_id,
                number=line.challenge_number,
                title=line.challenge_title,
                language=line.challenge_language,
                state=ChallengeState(line.challenge_state),
            ),
            team=BidTeamOut(id=bid.team_id, title=line.team_title),
            author_id=bid.author_id,
            approach=bid.approach,
            plan=[PlannedOut.model_validate(step) for step in bid.plan],
            hours_per_week=bid.hours_per_week,
            created_at=bid.created_at,
            submitted_at=bid.submitted_at,
            feedback=bid.feedback,
        )
