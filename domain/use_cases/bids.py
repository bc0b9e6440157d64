"""Bidding: a captain proposes, changes and withdraws until the deadline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.audience import Viewer, may_see_brief
from domain.bids import Bid, PlannedMilestone
from domain.challenges import Challenge
from domain.errors import Conflict, DomainError, NotAllowed, NotFound
from domain.matching.score import gates
from domain.organisations import Actor, Role
from domain.outcomes import Outcome
from domain.ports import Timer, TimerKind, UnitOfWork
from domain.projects import Milestone, Project
from domain.teams import Team
from domain.use_cases.mentors import require_mentor


class GateFailed(DomainError):
    """The team does not meet a condition that the challenge sets for everybody."""

    code = "gate_failed"


class TermsNotAccepted(NotAllowed):
    """Whoever bids for a confidential challenge has accepted its terms first."""

    code = "terms_not_accepted"


class MentorFull(DomainError):
    """The mentor sees as many projects through as they have agreed to."""

    code = "mentor_full"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a team offers: how, in which steps, with how many hours a week."""

    approach: str
    plan: tuple[PlannedMilestone, ...]
    hours_per_week: float


@dataclass(frozen=True, slots=True)
class Award:
    """Who sees the project through, and what the teams that lost are told; `feedback` by bid id.

    A mentor left out is the team's or the challenge's own.
    """

    school_mentor_id: str | None = None
    enterprise_mentor_id: str | None = None
    feedback: Mapping[str, str] = field(default_factory=dict)
    reserve: tuple[str, ...] = ()


def place_bid(work: UnitOfWork, actor: Actor, challenge_id: str, team_id: str, proposal: Proposal) -> Bid:
    """Send the team's bid.

    Raises NotAllowed, WrongState, TermsNotAccepted, Conflict (has bid), GateFailed or Invalid.
    """
    challenge = work.challenges.hold(challenge_id)
    team = _captains_team(work, actor, team_id)
    challenge.require_bids_open(work.now())
    _require_terms(work, actor, challenge)
    if work.bids.of_team(challenge_id, team_id) is not None:
        raise Conflict(reason="this team has bid already")
    _require_gates(challenge, team)
    bid = Bid.draft(
        id=work.new_id(),
        challenge_id=challenge_id,
        team_id=team_id,
        author_id=actor.person_id,
        approach=proposal.approach,
        plan=proposal.plan,
        hours_per_week=proposal.hours_per_week,
        now=work.now(),
    )
    bid.submit(work.now())
    work.bids.save(bid)
    work.outcomes.record(challenge_id, team_id, Outcome.BID)
    work.challenges.refresh_listing(challenge_id)
    return bid


def revise_bid(work: UnitOfWork, actor: Actor, bid_id: str, proposal: Proposal) -> Bid:
    """Replace a sent bid before the deadline."""
    bid = work.bids.get(bid_id)
    _captains_team(work, actor, bid.team_id)
    work.challenges.hold(bid.challenge_id).require_bids_open(work.now())
    bid.revise(proposal.approach, proposal.plan, proposal.hours_per_week, work.now())
    work.bids.save(bid)
    return bid


def withdraw_bid(work: UnitOfWork, actor: Actor, bid_id: str) -> Bid:
    """Take a bid back before the deadline."""
    bid = work.bids.get(bid_id)
    _captains_team(work, actor, bid.team_id)
    work.challenges.hold(bid.challenge_id).require_bids_open(work.now())
    bid.withdraw()
    work.bids.save(bid)
    work.challenges.refresh_listing(bid.challenge_id)
    return bid


def shortlist_bid(work: UnitOfWork, actor: Actor, bid_id: str) -> Bid:
    """Mark a bid as one that the factory looks at more closely."""
    bid = work.bids.get(bid_id)
    _require_selector(actor, work.challenges.hold(bid.challenge_id))
    bid.shortlist()
    work.bids.save(bid)
    return bid


def award_bid(work: UnitOfWork, actor: Actor, bid_id: str, award: Award) -> Project:
    """Choose the winner, tell the others, and start the project: all of it or nothing.

    Raises NotFound for a mentor or a rival's bid that is none, MentorElsewhere, MentorFull, NotAllowed or
    WrongState.
    """
    winner = work.bids.get(bid_id)
    challenge = work.challenges.hold(winner.challenge_id)
    _require_selector(actor, challenge)
    team = work.teams.get(winner.team_id)
    challenge.award(winner.id, team.id)
    rivals = [bid for bid in work.bids.of_challenge(challenge.id) if bid.id != winner.id]
    _require_rivals(rivals, award)
    mentors = _mentors(work, challenge, team, award)
    winner.award()
    work.bids.save(winner)
    work.outcomes.record(challenge.id, team.id, Outcome.AWARDED)
    for bid in rivals:
        if bid.in_the_running:
            feedback = award.feedback.get(bid.id, "")
            bid.reserve(feedback) if bid.id in award.reserve else bid.decline(feedback)
            work.bids.save(bid)
    project = Project.plan(
        id=work.new_id(),
        challenge_id=challenge.id,
        bid_id=winner.id,
        team_id=team.id,
        factory_id=challenge.factory_id,
        school_mentor_id=mentors[0],
        enterprise_mentor_id=mentors[1],
        milestones=[
            Milestone(id=work.new_id(), position=position, title=step.title, due_on=step.due_on)
            for position, step in enumerate(winner.plan)
        ],
        now=work.now(),
    )
    project.activate()
    work.projects.save(project)
    challenge.start(project.id)
    work.challenges.save(challenge)
    work.timers.cancel(challenge.id)
    for milestone in project.milestones:
        work.timers.set(Timer(project.id, TimerKind.MILESTONE_DUE, milestone.overdue_from, milestone.id))
    return project


def _captains_team(work: UnitOfWork, actor: Actor, team_id: str) -> Team:
    team = work.teams.get(team_id)
    team.require_captain(actor.person_id)
    return team


def _require_selector(actor: Actor, challenge: Challenge) -> None:
    actor.require(Role.ENGINEER, Role.FACTORY_ADMIN, organisation_id=challenge.factory_id)


def _require_gates(challenge: Challenge, team: Team) -> None:
    failed = gates(challenge.need, team.supply)
    if failed:
        raise GateFailed(gates=failed)


def _require_terms(work: UnitOfWork, actor: Actor, challenge: Challenge) -> None:
    terms = challenge.terms
    accepted = terms is not None and work.people.has_accepted(actor.person_id, terms)
    bidder = Viewer(
        actor.person_id,
        actor.organisation_id,
        is_administrator=actor.has(Role.ADMINISTRATOR),
        accepted_terms=frozenset({terms} if terms and accepted else ()),
    )
    if not may_see_brief(challenge.brief.confidentiality, challenge.factory_id, terms, bidder):
        raise TermsNotAccepted(terms=terms)


def _require_rivals(rivals: Sequence[Bid], award: Award) -> None:
    """Blame what is said to a bid that did not lose: nobody would read it."""
    ids = {bid.id for bid in rivals}
    for position, id in enumerate(award.reserve):
        if id not in ids:
            raise NotFound(field=f"reserve.{position}", kind=Bid.name, id=id)
    for id in award.feedback:
        if id not in ids:
            raise NotFound(field=f"feedback.{id}", kind=Bid.name, id=id)


def _mentors(work: UnitOfWork, challenge: Challenge, team: Team, award: Award) -> tuple[str, str]:
    school = award.school_mentor_id or team.school_mentor_id
    enterprise = award.enterprise_mentor_id or challenge.enterprise_mentor_id
    if school is None:
        raise NotFound(field="school_mentor_id", kind="school mentor")
    if enterprise is None:
        raise NotFound(field="enterprise_mentor_id", kind="enterprise mentor")
    _require_place(work, school, team.school_ids, field="school_mentor_id")
    _require_place(work, enterprise, [challenge.factory_id], field="enterprise_mentor_id")
    return school, enterprise


def _require_place(work: UnitOfWork, person_id: str, organisations: Sequence[str], field: str) -> None:
    require_mentor(work, person_id, organisations, field)
    person = work.people.hold(person_id)  # so that two awards do not both count on the last place
    if work.projects.running_of_mentor(person_id) >= person.capacity:
        raise MentorFull(field=field, id=person_id, capacity=person.capacity)
