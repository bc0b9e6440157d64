"""Who may know of events: read from the rows as they are now, in a few queries for a whole batch."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Text, cast, or_, select

from domain import events
from domain.audience import Audience, Reach
from domain.events import Event, EventRecord
from domain.organisations import Role
from infra.queries.documents import listings
from infra.tables.market import people, projects, team_members, teams

BidEvent = (
    events.BidDrafted
    | events.BidSubmitted
    | events.BidRevised
    | events.BidWithdrawn
    | events.BidShortlisted
    | events.BidAwarded
    | events.BidReserved
    | events.BidDeclined
)
ProjectEvent = (
    events.ProjectPlanned
    | events.ProjectActivated
    | events.MilestoneSubmitted
    | events.MilestoneSigned
    | events.MilestoneReturned
    | events.MilestoneOverdue
    | events.ProjectDelivered
    | events.ProjectAccepted
    | events.ProjectStopped
)
RUNNERS = (Role.ENGINEER, Role.FACTORY_ADMIN, Role.SCHOOL_ADMIN)
FROM_TEAMS = (events.BidDrafted, events.BidWithdrawn)
"""What a team does with a bid that the factory does not have, or no longer has."""


def reach_of(connection: Connection, records: Sequence[EventRecord]) -> Mapping[str, Reach]:
    """By event id; an event that nobody but the system needs to know of has no entry."""
    challenge_ids = {r.key for r in records if isinstance(r.event, BidEvent | ProjectEvent)}
    challenge_ids |= {r.subject for r in records if r.event.type.startswith("jiebang.challenge.")}
    challenge_ids |= {r.event.challenge_id for r in records if isinstance(r.event, events.AnnouncementMade)}
    team_ids = {id for r in records for id in _teams(r.event)}
    team_ids |= {r.subject for r in records if r.event.type.startswith("jiebang.team.")}
    owners = {x.challenge.id: x.challenge for x in listings(connection, challenge_ids)}
    members, schools = _rosters(connection, team_ids)
    mentors = _mentors(connection, challenge_ids)
    projects_teams = {r.event.team_id for r in records if isinstance(r.event, ProjectEvent)}
    homes = {home for id in projects_teams for home in schools.get(id, ())}
    inside = {r.key for r in records if isinstance(r.event, BidEvent | ProjectEvent)}
    homes |= {owner.factory_id for id, owner in owners.items() if id in inside}
    runners = _runners(connection, homes)

    def reach(record: EventRecord) -> Reach | None:
        event = record.event
        if isinstance(event, BidEvent | ProjectEvent):
            owner = owners.get(event.challenge_id)
            if isinstance(event, ProjectEvent):
                part = members[event.team_id] | mentors[event.challenge_id]
                homes = schools.get(event.team_id, frozenset()) | _only(owner.factory_id if owner else None)
                return Reach(Audience.OWNER, frozenset(), part.union(*(runners[home] for home in homes)))
            chooses = (
                runners[owner.factory_id] if owner and not isinstance(event, FROM_TEAMS) else frozenset()
            )
            return Reach(Audience.OWNER, frozenset(), members[event.team_id] | chooses)
        if isinstance(event, events.AnnouncementMade):
            owner = owners.get(event.challenge_id)
            told = frozenset().union(*(members[id] for id in event.team_ids))
            return Reach(Audience.OWNER, _only(owner.factory_id if owner else None), told)
        if record.subject in owners:
            challenge = owners[record.subject]
            return Reach(challenge.audience, frozenset({challenge.factory_id}))
        if record.subject in members:
            return Reach(Audience.OWNER, schools[record.subject], members[record.subject])
        return None

    found = {record.id: reach(record) for record in records}
    return {id: who for id, who in found.items() if who is not None}


def _teams(event: Event) -> Iterable[str]:
    if isinstance(event, events.AnnouncementMade):
        return event.team_ids
    return [event.team_id] if isinstance(event, BidEvent | ProjectEvent) else []


def _only(id: str | None) -> frozenset[str]:
    return frozenset() if id is None else frozenset({id})


Sets = dict[str, frozenset[str]]


def _rosters(connection: Connection, team_ids: Iterable[str]) -> tuple[Sets, Sets]:
    """Members and schools of each team."""
    members: Sets = defaultdict(frozenset)
    schools: Sets = {}
    wanted = set(team_ids)
    if wanted:
        roster = select(team_members.c.team_id, team_members.c.student_id)
        for team_id, student_id in connection.execute(roster.where(team_members.c.team_id.in_(wanted))):
            members[team_id] |= {student_id}
        of_schools = select(teams.c.id, teams.c.school_ids).where(teams.c.id.in_(wanted))
        schools = {id: frozenset(school_ids) for id, school_ids in connection.execute(of_schools)}
    return members, schools


def _runners(connection: Connection, organisation_ids: Iterable[str]) -> Sets:
    """Who runs each organisation: so has a part in its projects, and chooses among its bids.

    As `projects_of_person` and `visible_bids` have it.
    """
    found: Sets = defaultdict(frozenset)
    wanted = set(organisation_ids)
    if wanted:
        roles = cast(people.c.roles, Text)
        runs = or_(*(roles.like(f'%"{role}"%') for role in RUNNERS))
        query = select(people.c.id, people.c.organisation_id).where(
            people.c.organisation_id.in_(wanted), runs
        )
        for id, home in connection.execute(query):
            found[home] |= {id}
    return found


def _mentors(connection: Connection, challenge_ids: Iterable[str]) -> Sets:
    """Both mentors of each challenge's project."""
    found: Sets = defaultdict(frozenset)
    wanted = set(challenge_ids)
    if wanted:
        columns = projects.c
        query = select(columns.challenge_id, columns.school_mentor_id, columns.enterprise_mentor_id)
        for challenge_id, school, enterprise in connection.execute(
            query.where(columns.challenge_id.in_(wanted))
        ):
            found[challenge_id] = frozenset({school, enterprise})
    return found
