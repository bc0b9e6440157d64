"""The published facts, one class per type and version: ids, codes, states and versions, nothing that a person
may one day be forbidden to see.

A published version never changes: `tools.check_events` compares each class with its committed example.
A change of meaning is a new class with the next version.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Self, get_args, get_origin

from domain.errors import MalformedEvent, UnknownEvent

EVENTS: dict[str, type["Event"]] = {}


class Event:
    """A fact about one aggregate; subclasses are frozen dataclasses of JSON scalars and lists of strings."""

    type: ClassVar[str]

    def __init_subclass__(cls, *, type: str) -> None:
        super().__init_subclass__()
        cls.type = type
        EVENTS[type] = cls

    def to_data(self) -> dict[str, Any]:
        """The event's own fields as JSON values."""
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]

    @classmethod
    def from_data(cls, data: object) -> Self:
        """The event that `to_data` came from; fields that this release does not know are ignored.

        Raises MalformedEvent where a field is missing or of another type.
        """
        if not isinstance(data, dict):
            raise MalformedEvent(type=cls.type, reason="data is not an object")
        values = {}
        for f in fields(cls):  # type: ignore[arg-type]
            if f.name not in data or not _conforms(data[f.name], f.type):
                raise MalformedEvent(type=cls.type, field_name=f.name)
            values[f.name] = data[f.name]
        return cls(**values)


def _conforms(value: object, annotation: Any) -> bool:
    if get_origin(annotation) is list:
        (item,) = get_args(annotation)
        return isinstance(value, list) and all(_conforms(v, item) for v in value)
    if annotation is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, annotation)


def decode(type: str, data: object) -> Event:
    """The event of that type; raises UnknownEvent or MalformedEvent."""
    if type not in EVENTS:
        raise UnknownEvent(type=type)
    return EVENTS[type].from_data(data)


@dataclass(frozen=True, slots=True)
class EventRecord:
    """An event as the log carries it: CloudEvents' attributes beside the fact.

    `sequence` is the version of the aggregate `subject` that the event led to; `key` orders it in the log.
    """

    id: str
    event: Event
    subject: str
    sequence: int
    key: str
    time: datetime
    correlation_id: str
    causation_id: str | None = None


# Organisations, people, students, teams


@dataclass(frozen=True)
class OrganisationRegistered(Event, type="jiebang.organisation.registered.v1"):
    kind: str


@dataclass(frozen=True)
class OrganisationRenamed(Event, type="jiebang.organisation.renamed.v1"):
    pass


@dataclass(frozen=True)
class PersonRegistered(Event, type="jiebang.person.registered.v1"):
    organisation_id: str
    roles: list[str]


@dataclass(frozen=True)
class StudentEnrolled(Event, type="jiebang.student.enrolled.v1"):
    school_id: str


@dataclass(frozen=True)
class StudentSkillsChanged(Event, type="jiebang.student.skills_changed.v1"):
    skills: list[str]


@dataclass(frozen=True)
class TeamFormed(Event, type="jiebang.team.formed.v1"):
    captain_id: str


@dataclass(frozen=True)
class TeamChanged(Event, type="jiebang.team.changed.v1"):
    """Members, their skills, hours, place or mentor changed: what the team can do is another."""


@dataclass(frozen=True)
class TeamInvited(Event, type="jiebang.team.invited.v1"):
    """A student was asked to join; they are no member before they have accepted."""

    student_id: str


@dataclass(frozen=True)
class TeamInvitationEnded(Event, type="jiebang.team.invitation_ended.v1"):
    """The student declined, or the captain took the invitation back."""

    student_id: str


@dataclass(frozen=True)
class TeamLocked(Event, type="jiebang.team.locked.v1"):
    pass


@dataclass(frozen=True)
class TeamUnlocked(Event, type="jiebang.team.unlocked.v1"):
    pass


# Skills of the installation


@dataclass(frozen=True)
class SkillAdded(Event, type="jiebang.skill.added.v1"):
    code: str


@dataclass(frozen=True)
class SkillChanged(Event, type="jiebang.skill.changed.v1"):
    code: str


# Challenges


@dataclass(frozen=True)
class ChallengeDrafted(Event, type="jiebang.challenge.drafted.v1"):
    factory_id: str


@dataclass(frozen=True)
class ChallengeAmended(Event, type="jiebang.challenge.amended.v1"):
    factory_id: str
    state: str


@dataclass(frozen=True)
class ChallengeSubmitted(Event, type="jiebang.challenge.submitted.v1"):
    factory_id: str


@dataclass(frozen=True)
class ChallengeReturned(Event, type="jiebang.challenge.returned.v1"):
    factory_id: str


@dataclass(frozen=True)
class ChallengeOpened(Event, type="jiebang.challenge.opened.v1"):
    factory_id: str


@dataclass(frozen=True)
class ChallengeBiddingClosed(Event, type="jiebang.challenge.bidding_closed.v1"):
    factory_id: str


@dataclass(frozen=True)
class ChallengeAwarded(Event, type="jiebang.challenge.awarded.v1"):
    factory_id: str
    bid_id: str
    team_id: str


@dataclass(frozen=True)
class ChallengeStarted(Event, type="jiebang.challenge.started.v1"):
    factory_id: str
    project_id: str


@dataclass(frozen=True)
class ChallengeDelivered(Event, type="jiebang.challenge.delivered.v1"):
    factory_id: str
    project_id: str


@dataclass(frozen=True)
class ChallengeAccepted(Event, type="jiebang.challenge.accepted.v1"):
    factory_id: str
    project_id: str


@dataclass(frozen=True)
class ChallengeClosedUnawarded(Event, type="jiebang.challenge.closed_unawarded.v1"):
    factory_id: str


@dataclass(frozen=True)
class ChallengeCancelled(Event, type="jiebang.challenge.cancelled.v1"):
    factory_id: str


# Announcements


@dataclass(frozen=True)
class AnnouncementMade(Event, type="jiebang.announcement.made.v1"):
    """Teams were told of a match with a challenge, for the first time under this policy."""

    challenge_id: str
    policy_version: int
    team_ids: list[str]


# Bids


@dataclass(frozen=True)
class BidDrafted(Event, type="jiebang.bid.drafted.v1"):
    challenge_id: str
    team_id: str


@dataclass(frozen=True)
class BidSubmitted(Event, type="jiebang.bid.submitted.v1"):
    challenge_id: str
    team_id: str


@dataclass(frozen=True)
class BidRevised(Event, type="jiebang.bid.revised.v1"):
    challenge_id: str
    team_id: str


@dataclass(frozen=True)
class BidWithdrawn(Event, type="jiebang.bid.withdrawn.v1"):
    challenge_id: str
    team_id: str


@dataclass(frozen=True)
class BidShortlisted(Event, type="jiebang.bid.shortlisted.v1"):
    challenge_id: str
    team_id: str


@dataclass(frozen=True)
class BidAwarded(Event, type="jiebang.bid.awarded.v1"):
    challenge_id: str
    team_id: str


@dataclass(frozen=True)
class BidReserved(Event, type="jiebang.bid.reserved.v1"):
    challenge_id: str
    team_id: str


@dataclass(frozen=True)
class BidDeclined(Event, type="jiebang.bid.declined.v1"):
    challenge_id: str
    team_id: str


# Projects


@dataclass(frozen=True)
class ProjectPlanned(Event, type="jiebang.project.planned.v1"):
    challenge_id: str
    team_id: str


@dataclass(frozen=True)
class ProjectActivated(Event, type="jiebang.project.activated.v1"):
    challenge_id: str
    team_id: str


@dataclass(frozen=True)
class MilestoneSubmitted(Event, type="jiebang.project.milestone_submitted.v1"):
    challenge_id: str
    team_id: str
    milestone_id: str


@dataclass(frozen=True)
class MilestoneSigned(Event, type="jiebang.project.milestone_signed.v1"):
    """One of the two mentors signed; `complete` where it was the second signature."""

    challenge_id: str
    team_id: str
    milestone_id: str
    side: str
    complete: bool


@dataclass(frozen=True)
class MilestoneReturned(Event, type="jiebang.project.milestone_returned.v1"):
    challenge_id: str
    team_id: str
    milestone_id: str
    side: str


@dataclass(frozen=True)
class MilestoneOverdue(Event, type="jiebang.project.milestone_overdue.v1"):
    challenge_id: str
    team_id: str
    milestone_id: str


@dataclass(frozen=True)
class ProjectDelivered(Event, type="jiebang.project.delivered.v1"):
    challenge_id: str
    team_id: str


@dataclass(frozen=True)
class ProjectAccepted(Event, type="jiebang.project.accepted.v1"):
    challenge_id: str
    team_id: str


@dataclass(frozen=True)
class ProjectStopped(Event, type="jiebang.project.stopped.v1"):
    challenge_id: str
    team_id: str
