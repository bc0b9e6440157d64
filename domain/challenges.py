"""Challenges: what factories post, from the first draft to the accepted solution."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from domain import events
from domain.aggregate import Aggregate
from domain.audience import Audience, Confidentiality
from domain.errors import Invalid, WrongState
from domain.matching.model import Need, SkillNeed


class ChallengeState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    OPEN = "open"
    JUDGING = "judging"
    AWARDED = "awarded"
    IN_PROGRESS = "in_progress"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"
    CLOSED_UNAWARDED = "closed_unawarded"


UNPUBLISHED = frozenset({ChallengeState.DRAFT, ChallengeState.IN_REVIEW})
BEFORE_AWARD = UNPUBLISHED | {ChallengeState.OPEN, ChallengeState.JUDGING}


@dataclass(frozen=True, slots=True)
class Kpi:
    """What is to improve: a measure with its unit, now and wanted ("stopped hours a month", 6.4 to 2.0)."""

    name: str
    unit: str
    baseline: float
    target: float


@dataclass(frozen=True, slots=True)
class Source:
    """Where an intake message came from; `(system, id)` is there once for each factory."""

    system: str
    id: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What the factory says and asks for; an amendment replaces it whole.

    `teaser` stands in for `text` where the challenge is confidential. `language` is "zh" or "en": what
    people write stays as they wrote it. `reward_cny` in yuan, `bids_close_at` in UTC.
    """

    title: str
    text: str
    language: str
    industry: str
    skills: tuple[SkillNeed, ...]
    city: str
    province: str
    bids_close_at: datetime
    teaser: str = ""
    confidentiality: Confidentiality = Confidentiality.PUBLIC
    remote: bool = False
    hours_per_week: float = 8.0
    eligible_schools: tuple[str, ...] = ()
    reward_cny: int = 0
    kpi: Kpi | None = None
    machine: str = ""

    def need(self, challenge_id: str, version: int) -> Need:
        """What the matching engine takes from the brief."""
        return Need(
            challenge_id=challenge_id,
            version=version,
            skills=self.skills,
            hours_per_week=self.hours_per_week,
            city=self.city,
            province=self.province,
            remote=self.remote,
            eligible_schools=frozenset(self.eligible_schools),
        )


@dataclass(kw_only=True)
class Challenge(Aggregate):
    """A problem that a factory wants solved. `terms_version` counts its NDA's editions.

    Nobody is the author of what a system sent.
    """

    name: ClassVar[str] = "challenge"

    number: int
    factory_id: str
    author_id: str | None
    state: ChallengeState
    brief: Brief
    created_at: datetime
    opened_at: datetime | None = None
    enterprise_mentor_id: str | None = None
    source: Source | None = None
    terms_version: int = 1

    @classmethod
    def draft(
        cls,
        id: str,
        number: int,
        factory_id: str,
        author_id: str | None,
        brief: Brief,
        now: datetime,
        enterprise_mentor_id: str | None = None,
        source: Source | None = None,
    ) -> "Challenge":
        check_brief(brief)
        challenge = cls(
            id=id,
            number=number,
            factory_id=factory_id,
            author_id=author_id,
            state=ChallengeState.DRAFT,
            brief=brief,
            created_at=now,
            enterprise_mentor_id=enterprise_mentor_id,
            source=source,
        )
        challenge.record(events.ChallengeDrafted(factory_id=factory_id))
        return challenge

    @property
    def audience(self) -> Audience:
        """Who may know of the challenge; its brief may be for fewer."""
        if self.state in UNPUBLISHED or (self.state is ChallengeState.CANCELLED and self.opened_at is None):
            return Audience.OWNER
        if self.brief.confidentiality is Confidentiality.PUBLIC:
            return Audience.PUBLIC
        return Audience.MEMBERS

    @property
    def terms(self) -> str | None:
        """The id of the NDA edition that a reader has to accept; None where there is none."""
        confidential = self.brief.confidentiality is Confidentiality.NDA
        return f"{self.id}:{self.terms_version}" if confidential else None

    @property
    def need(self) -> Need:
        """The challenge as the matching engine sees it."""
        return self.brief.need(self.id, self.version)

    def amend(self, brief: Brief) -> None:
        """Replace the brief until bids are judged; the deadline of an open challenge only moves later.

        The same brief again changes nothing.
        """
        self._require(*UNPUBLISHED, ChallengeState.OPEN)
        if brief == self.brief:
            return
        check_brief(brief)
        if self.state is ChallengeState.OPEN and brief.bids_close_at < self.brief.bids_close_at:
            raise Invalid(field="bids_close_at", reason="only later", earliest=self.brief.bids_close_at)
        if brief.confidentiality is Confidentiality.NDA and brief.text != self.brief.text:
            self.terms_version += 1
        self.brief = brief
        self.record(events.ChallengeAmended(factory_id=self.factory_id, state=self.state))

    def submit(self) -> None:
        """Hand the draft to the factory's approver."""
        self._require(ChallengeState.DRAFT)
        self.state = ChallengeState.IN_REVIEW
        self.record(events.ChallengeSubmitted(factory_id=self.factory_id))

    def send_back(self) -> None:
        """Give it back to the author for another draft."""
        self._require(ChallengeState.IN_REVIEW)
        self.state = ChallengeState.DRAFT
        self.record(events.ChallengeReturned(factory_id=self.factory_id))

    def open(self, now: datetime) -> None:
        """Publish: from now on teams see it and bid, until `bids_close_at`."""
        self._require(ChallengeState.IN_REVIEW)
        if self.brief.bids_close_at <= now:
            raise Invalid(field="bids_close_at", reason="in the past")
        if not self.brief.skills:
            raise Invalid(field="skills", reason="at least one")
        self.state = ChallengeState.OPEN
        self.opened_at = now
        self.record(events.ChallengeOpened(factory_id=self.factory_id))

    def require_bids_open(self, now: datetime) -> None:
        """Raise WrongState where no bid can be sent; a late timer never admits a late bid."""
        if self.state is not ChallengeState.OPEN:
            raise WrongState(state=self.state)
        if now >= self.brief.bids_close_at:
            raise WrongState(state=ChallengeState.JUDGING, closed_at=self.brief.bids_close_at)

    def close_bidding(self, now: datetime, bids: int) -> None:
        """At the deadline: to the judges, or closed where nobody bid."""
        self._require(ChallengeState.OPEN)
        if now < self.brief.bids_close_at:
            raise WrongState(state=self.state, closes_at=self.brief.bids_close_at)
        if bids:
            self.state = ChallengeState.JUDGING
            self.record(events.ChallengeBiddingClosed(factory_id=self.factory_id))
        else:
            self._end_unawarded()

    def close_unawarded(self) -> None:
        """End it without a winner, after its bids were judged."""
        self._require(ChallengeState.JUDGING)
        self._end_unawarded()

    def award(self, bid_id: str, team_id: str) -> None:
        self._require(ChallengeState.OPEN, ChallengeState.JUDGING)
        self.state = ChallengeState.AWARDED
        self.record(events.ChallengeAwarded(factory_id=self.factory_id, bid_id=bid_id, team_id=team_id))

    def start(self, project_id: str) -> None:
        self._require(ChallengeState.AWARDED)
        self.state = ChallengeState.IN_PROGRESS
        self.record(events.ChallengeStarted(factory_id=self.factory_id, project_id=project_id))

    def deliver(self, project_id: str) -> None:
        self._require(ChallengeState.IN_PROGRESS)
        self.state = ChallengeState.DELIVERED
        self.record(events.ChallengeDelivered(factory_id=self.factory_id, project_id=project_id))

    def accept(self, project_id: str) -> None:
        self._require(ChallengeState.DELIVERED)
        self.state = ChallengeState.ACCEPTED
        self.record(events.ChallengeAccepted(factory_id=self.factory_id, project_id=project_id))

    def cancel(self) -> None:
        """Take it back before an award."""
        self._require(*BEFORE_AWARD)
        self.state = ChallengeState.CANCELLED
        self.record(events.ChallengeCancelled(factory_id=self.factory_id))

    def stop(self) -> None:
        """End it because its project was stopped."""
        self._require(ChallengeState.IN_PROGRESS)
        self.state = ChallengeState.CANCELLED
        self.record(events.ChallengeCancelled(factory_id=self.factory_id))

    def _end_unawarded(self) -> None:
        self.state = ChallengeState.CLOSED_UNAWARDED
        self.record(events.ChallengeClosedUnawarded(factory_id=self.factory_id))

    def _require(self, *states: ChallengeState) -> None:
        if self.state not in states:
            raise WrongState(state=self.state, allowed=sorted(states))


def check_brief(brief: Brief) -> None:
    """Raise Invalid where the brief breaks a rule that holds in every state."""
    if not brief.title.strip():
        raise Invalid(field="title", reason="empty")
    if brief.confidentiality is Confidentiality.NDA and not brief.teaser.strip():
        raise Invalid(field="teaser", reason="a confidential challenge needs one")
    if brief.reward_cny < 0:
        raise Invalid(field="reward_cny", reason="negative")
