"""What the rules need from outside, implemented in `infra`; tests put fakes in their place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from domain.aggregate import Aggregate
from domain.announcements import Announcement
from domain.bids import Bid
from domain.challenges import Challenge, Source
from domain.local_skills import LocalSkill
from domain.matching.model import Policy
from domain.organisations import Organisation, Person
from domain.outcomes import Outcome
from domain.progress import ProjectProgress
from domain.projects import Project
from domain.students import Student
from domain.teams import Team

A = TypeVar("A", bound=Aggregate)


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """The current time in UTC, aware."""
        ...


class Ids(Protocol):
    """Makes identifiers."""

    def new(self) -> str:
        """A UUIDv7 in its text form: later ones sort after earlier ones."""
        ...


class Repository(Protocol[A]):
    """Aggregates of one kind."""

    def get(self, id: str) -> A:
        """Raises NotFound where there is none."""
        ...

    def hold(self, id: str) -> A:
        """What `get` gives, kept from changing by anybody else until the transaction ends.

        For a rule that reads one aggregate and writes another. Whoever holds several takes the challenge
        first.
        """
        ...

    def find(self, ids: Iterable[str]) -> dict[str, A]:
        """Those of `ids` that exist, in one query."""
        ...

    def save(self, aggregate: A) -> None:
        """Write it with its new events; raises StaleAggregate where somebody else wrote in between."""
        ...


class Organisations(Repository[Organisation], Protocol):
    pass


class People(Repository[Person], Protocol):
    def of_organisations(self, organisation_ids: Iterable[str]) -> list[Person]:
        """Everybody in these organisations, ordered by id."""
        ...

    def logins_among(self, logins: Iterable[str]) -> set[str]:
        """Those of `logins` that somebody signs in with."""
        ...

    def accept_terms(self, person_id: str, terms: str, now: datetime) -> None:
        """Note that the person accepted this edition of a challenge's terms; again changes nothing."""
        ...

    def has_accepted(self, person_id: str, terms: str) -> bool:
        """Whether the person accepted this edition of a challenge's terms."""
        ...


class Students(Repository[Student], Protocol):
    pass


class Teams(Repository[Team], Protocol):
    def of_students(self, student_ids: Iterable[str]) -> list[Team]:
        """The teams in which one of the students is a member."""
        ...


class Challenges(Repository[Challenge], Protocol):
    def next_number(self) -> int:
        """The number for a new challenge, never given twice; numbers may be left out."""
        ...

    def known_sources(self, keys: Iterable[tuple[str, Source]]) -> set[tuple[str, Source]]:
        """Those of `keys` (factory id, source) that became challenges already."""
        ...

    def of_source(self, factory_id: str, source: Source) -> Challenge | None:
        """The factory's challenge that came from `source`."""
        ...

    def refresh_listing(self, challenge_id: str) -> None:
        """Count its bids anew and raise its document's version."""
        ...

    def refresh_listings_of(self, factory_id: str) -> None:
        """Raise the document versions of all of a factory's challenges."""
        ...

    def refresh_listings_asking(self, skill: str) -> None:
        """Raise the document versions of all challenges that ask for the skill with this code."""
        ...


class Bids(Repository[Bid], Protocol):
    def of_challenge(self, challenge_id: str) -> list[Bid]: ...

    def of_team(self, challenge_id: str, team_id: str) -> Bid | None:
        """The team's bid for the challenge that was not withdrawn."""
        ...


class Projects(Repository[Project], Protocol):
    def running_of_mentor(self, mentor_id: str) -> int:
        """How many projects the mentor sees through now."""
        ...

    def running_of_team(self, team_id: str) -> int:
        """How many projects the team works on now."""
        ...


class LocalSkills(Repository[LocalSkill], Protocol):
    def all(self) -> list[LocalSkill]:
        """Every one, ordered by code."""
        ...

    def of_code(self, code: str) -> LocalSkill:
        """Raises NotFound where there is none."""
        ...


class Policies(Protocol):
    def current(self) -> Policy:
        """The policy that rankings are made by now."""
        ...

    def activate(self, policy: Policy) -> None:
        """Make a new version the current one; raises Conflict where that version is there already."""
        ...


class Announcements(Protocol):
    def announce(self, policy: Policy, found: Sequence[Announcement]) -> None:
        """Store what was found, and tell those whom this policy had not told: an event for each challenge
        and cause. A match that was found twice counts as found first.

        Whoever said that a challenge does not concern them is left out.
        """
        ...


class Outcomes(Protocol):
    def record(self, challenge_id: str, team_id: str, outcome: Outcome) -> None:
        """Keep when it first came about, under the policy by which the team was told of the challenge, or
        else under the current one. A bid takes back that the challenge is not relevant.
        """
        ...

    def take_back_not_relevant(self, challenge_id: str, team_id: str) -> None:
        """Forget that the challenge was called not relevant, if it was."""
        ...


@dataclass(frozen=True, slots=True)
class Notification:
    """A line in somebody's inbox: `kind` selects the sentence, `subject` is what it is about."""

    person_id: str
    kind: str
    subject: str
    challenge_id: str
    event_id: str


class Notifications(Protocol):
    def add(self, notifications: Sequence[Notification]) -> list[Notification]:
        """Each person is told of an event once, however often it is added; returns those that are new."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something to do outside: `address` is an id of the channel's, `payload` ids and codes of what to say.

    `attempts` counts the present one; the same number under the same id is the same claim.
    """

    id: str
    channel: str
    address: str
    payload: Mapping[str, str]
    attempts: int


class Deliveries(Protocol):
    def mail(self, news: Sequence[Notification]) -> None:
        """Have each line mailed to whom it is for, if they want mail; once, however often it is asked for."""
        ...

    def claim_due(self, now: datetime, lease: timedelta) -> Delivery | None:
        """Take the one that is due longest, so that nobody else does until the lease is over.

        It is due again then, unless what came of it was noted: whoever was killed loses nothing.
        """
        ...

    def note_delivered(self, delivery: Delivery, now: datetime) -> None:
        """It is done, whoever else claimed it meanwhile."""
        ...

    def put_off(self, delivery: Delivery, until: datetime, reason: str) -> None:
        """Try again later, unless somebody else claimed it meanwhile."""
        ...

    def give_up(self, delivery: Delivery, reason: str) -> None:
        """Never try again, unless somebody else claimed it meanwhile; the reason is kept."""
        ...


class Progress(Protocol):
    def save(self, progress: Sequence[ProjectProgress]) -> None:
        """Replace what is shown of each project, unless a newer version is shown already."""
        ...


class TimerKind(StrEnum):
    BIDS_CLOSE = "bids_close"
    MILESTONE_DUE = "milestone_due"


@dataclass(frozen=True, slots=True)
class Timer:
    """Something to do to an aggregate at a time; there is one for each (aggregate, kind, part)."""

    aggregate_id: str
    kind: TimerKind
    due_at: datetime
    part: str = ""


class Timers(Protocol):
    def set(self, timer: Timer) -> None:
        """Set it, or move it where it is set already."""
        ...

    def cancel(self, aggregate_id: str) -> None:
        """Forget all timers of the aggregate."""
        ...

    def claim_due(self, now: datetime, most: int) -> list[Timer]:
        """Take due timers so that nobody else does; they are gone once the transaction commits."""
        ...


@dataclass(frozen=True, slots=True)
class IntakeMessage:
    """A message of a factory's system, as it came in: `origin` says from where, once and for all."""

    origin: str
    value: bytes | None
    headers: Mapping[str, str] = field(default_factory=dict)
    factory_id: str | None = None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that could not be accepted, with the rule that it broke."""

    origin: str
    consumer: str
    value: bytes | None
    headers: Mapping[str, str]
    reason: str
    details: Mapping[str, object]
    factory_id: str | None = None


class DeadLetters(Protocol):
    def add(self, letters: Sequence[DeadLetter]) -> None:
        """Keep each once by its origin and consumer."""
        ...


class UnitOfWork(Protocol):
    """One transaction: rows and the events that they raised, kept together or not at all.

    Leaving it without `commit` rolls back.
    """

    organisations: Organisations
    people: People
    students: Students
    teams: Teams
    challenges: Challenges
    bids: Bids
    projects: Projects
    local_skills: LocalSkills
    policies: Policies
    announcements: Announcements
    outcomes: Outcomes
    notifications: Notifications
    deliveries: Deliveries
    progress: Progress
    timers: Timers
    dead_letters: DeadLetters

    def now(self) -> datetime:
        """The time at which this unit of work began."""
        ...

    def new_id(self) -> str: ...

    def commit(self) -> None: ...
