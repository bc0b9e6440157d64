"""What people are told in their inboxes, and who is told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain import events
from domain.challenges import Challenge
from domain.events import Event, EventRecord
from domain.organisations import Person, Role
from domain.ports import Notification
from domain.projects import Project
from domain.teams import Team


class Notice(StrEnum):
    """The kinds of a notification: each is a sentence in the reader's language."""

    CHALLENGE_FITS = "challenge_fits"
    BID_RECEIVED = "bid_received"
    BID_REVISED = "bid_revised"
    BID_AWARDED = "bid_awarded"
    BID_RESERVED = "bid_reserved"
    BID_DECLINED = "bid_declined"
    MILESTONE_SUBMITTED = "milestone_submitted"
    MILESTONE_SIGNED = "milestone_signed"
    MILESTONE_RETURNED = "milestone_returned"
    MILESTONE_OVERDUE = "milestone_overdue"
    PROJECT_DELIVERED = "project_delivered"
    PROJECT_ACCEPTED = "project_accepted"
    PROJECT_STOPPED = "project_stopped"
    TEAM_INVITATION = "team_invitation"


class Circle(StrEnum):
    """Who is told, seen from the event."""

    TEAM = "team"
    POSTERS = "posters"
    MENTORS = "mentors"
    INVITED = "invited"


NOTICES: Mapping[type[Event], tuple[Notice, frozenset[Circle]]] = {
    events.AnnouncementMade: (Notice.CHALLENGE_FITS, frozenset({Circle.TEAM})),
    events.BidSubmitted: (Notice.BID_RECEIVED, frozenset({Circle.POSTERS})),
    events.BidRevised: (Notice.BID_REVISED, frozenset({Circle.POSTERS})),
    events.BidAwarded: (Notice.BID_AWARDED, frozenset({Circle.TEAM})),
    events.BidReserved: (Notice.BID_RESERVED, frozenset({Circle.TEAM})),
    events.BidDeclined: (Notice.BID_DECLINED, frozenset({Circle.TEAM})),
    events.MilestoneSubmitted: (Notice.MILESTONE_SUBMITTED, frozenset({Circle.MENTORS})),
    events.MilestoneSigned: (Notice.MILESTONE_SIGNED, frozenset({Circle.TEAM})),
    events.MilestoneReturned: (Notice.MILESTONE_RETURNED, frozenset({Circle.TEAM})),
    events.MilestoneOverdue: (Notice.MILESTONE_OVERDUE, frozenset({Circle.TEAM, Circle.MENTORS})),
    events.ProjectDelivered: (Notice.PROJECT_DELIVERED, frozenset({Circle.POSTERS})),
    events.ProjectAccepted: (Notice.PROJECT_ACCEPTED, frozenset({Circle.TEAM})),
    events.ProjectStopped: (
        Notice.PROJECT_STOPPED,
        frozenset({Circle.TEAM, Circle.MENTORS, Circle.POSTERS}),
    ),
    events.TeamInvited: (Notice.TEAM_INVITATION, frozenset({Circle.INVITED})),
}


@dataclass(frozen=True, slots=True)
class Concerned:
    """What has to be known of an event to tell people of it, by id."""

    teams: Mapping[str, Team]
    challenges: Mapping[str, Challenge]
    projects: Mapping[str, Project]
    factories: Mapping[str, Iterable[Person]]


def is_news(event: Event) -> bool:
    """Whether people are told: a milestone that waits for its second signature is not news to the team."""
    return type(event) in NOTICES and not (isinstance(event, events.MilestoneSigned) and not event.complete)


def teams_of(record: EventRecord) -> list[str]:
    """The teams that the event names or is about."""
    event = record.event
    if isinstance(event, events.AnnouncementMade):
        return event.team_ids
    team_id = record.subject if isinstance(event, events.TeamInvited) else getattr(event, "team_id", None)
    return [team_id] if team_id else []


def notifications_of(record: EventRecord, concerned: Concerned) -> list[Notification]:
    """A line for everybody whom the event concerns, each once; what has gone meanwhile concerns nobody."""
    if not is_news(record.event):
        return []
    notice, circles = NOTICES[type(record.event)]
    challenge_id = str(getattr(record.event, "challenge_id", ""))
    subject = challenge_id if notice is Notice.CHALLENGE_FITS else record.subject
    people: dict[str, None] = {}
    if Circle.TEAM in circles:
        teams = (concerned.teams.get(team_id) for team_id in teams_of(record))
        people |= dict.fromkeys(member for team in teams if team for member in team.member_ids)
    if Circle.MENTORS in circles and (project := concerned.projects.get(record.subject)):
        people |= dict.fromkeys((project.school_mentor_id, project.enterprise_mentor_id))
    if Circle.POSTERS in circles and (challenge := concerned.challenges.get(challenge_id)):
        people |= dict.fromkeys(_posters(challenge, concerned.factories))
    if isinstance(record.event, events.TeamInvited) and (team := concerned.teams.get(record.subject)):
        people |= dict.fromkeys({record.event.student_id} & set(team.invited_ids))
    return [Notification(person_id, notice, subject, challenge_id, record.id) for person_id in people]


def _posters(challenge: Challenge, factories: Mapping[str, Iterable[Person]]) -> list[str]:
    """The author; the factory's engineers and approvers where a system posted it."""
    if challenge.author_id is not None:
        return [challenge.author_id]
    staff = factories.get(challenge.factory_id, ())
    return [person.id for person in staff if not person.roles.isdisjoint({Role.ENGINEER, Role.FACTORY_ADMIN})]
