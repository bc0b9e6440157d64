"""Posting a challenge and taking it to the point where teams may bid."""

from dataclasses import dataclass, replace

from domain.challenges import Brief, Challenge, ChallengeState, Source
from domain.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, StaleAggregate
from domain.matching.taxonomy import Taxonomy
from domain.matching.validation import normalise_weights, validate_need
from domain.organisations import Actor, OrganisationKind, Role
from domain.ports import Timer, TimerKind, UnitOfWork
from domain.use_cases.mentors import require_mentor


@dataclass(frozen=True, slots=True)
class PostChallenge:
    """A new challenge of the actor's factory; published at once where `publish` and the actor may approve.

    A `source` becomes a challenge once. `stated` names the brief's fields that its author wrote; the others
    are defaults.
    """

    brief: Brief
    publish: bool = False
    enterprise_mentor_id: str | None = None
    source: Source | None = None
    stated: frozenset[str] = frozenset()


class AlreadyPosted(DomainError):
    """The factory has a challenge of this source; `differs` where it says otherwise than the new post."""

    code = "already_posted"

    def __init__(self, challenge: Challenge, differs: bool) -> None:
        label = f"J-{challenge.number:04d}"
        super().__init__(field="source", id=challenge.id, label=label, state=challenge.state)
        self.challenge, self.differs = challenge, differs


def post_challenge(work: UnitOfWork, actor: Actor, command: PostChallenge, taxonomy: Taxonomy) -> Challenge:
    """Draft a challenge, and open it where asked.

    Raises NotAllowed, Invalid, UnknownSkill, NotFound for a school or a mentor that is none, AlreadyPosted,
    or Conflict where somebody else posts the same source at the same time.
    """
    actor.require(Role.ENGINEER, Role.FACTORY_ADMIN)
    factory = work.organisations.get(actor.organisation_id)
    if factory.kind is not OrganisationKind.FACTORY:
        raise NotAllowed(reason="only a factory posts challenges")
    brief = checked(command.brief, taxonomy)
    _require_new(work, factory.id, command, brief)
    _require_schools(work, command.brief)
    if command.enterprise_mentor_id is not None:
        require_mentor(work, command.enterprise_mentor_id, [factory.id], field="enterprise_mentor_id")
    challenge = Challenge.draft(
        id=work.new_id(),
        number=work.challenges.next_number(),
        factory_id=factory.id,
        author_id=actor.person_id,
        brief=brief,
        now=work.now(),
        enterprise_mentor_id=command.enterprise_mentor_id,
        source=command.source,
    )
    if command.publish:
        _open(work, actor, challenge)
    work.challenges.save(challenge)
    return challenge


def amend_challenge(
    work: UnitOfWork, actor: Actor, challenge_id: str, version: int, brief: Brief, taxonomy: Taxonomy
) -> Challenge:
    """Replace the brief that the actor read at `version`; raises StaleAggregate if it moved on."""
    challenge = own_challenge(work, actor, challenge_id)
    if challenge.version != version:
        raise StaleAggregate(kind=challenge.name, id=challenge.id, version=challenge.version)
    _require_schools(work, brief)
    challenge.amend(checked(brief, taxonomy))
    if challenge.opened_at is not None:
        _set_deadline(work, challenge)
    work.challenges.save(challenge)
    return challenge


def submit_challenge(work: UnitOfWork, actor: Actor, challenge_id: str) -> Challenge:
    """Hand a draft to the approver."""
    challenge = own_challenge(work, actor, challenge_id)
    challenge.submit()
    work.challenges.save(challenge)
    return challenge


def publish_challenge(work: UnitOfWork, actor: Actor, challenge_id: str) -> Challenge:
    """Open a challenge from review, or straight from its draft.

    Raises NotAllowed unless the actor approves for the factory.
    """
    challenge = own_challenge(work, actor, challenge_id)
    _open(work, actor, challenge)
    work.challenges.save(challenge)
    return challenge


def return_challenge(work: UnitOfWork, actor: Actor, challenge_id: str) -> Challenge:
    """Send a challenge in review back to its author."""
    challenge = own_challenge(work, actor, challenge_id)
    actor.require(Role.FACTORY_ADMIN)
    challenge.send_back()
    work.challenges.save(challenge)
    return challenge


def cancel_challenge(work: UnitOfWork, actor: Actor, challenge_id: str) -> Challenge:
    """Take a challenge back before its award; the teams that bid are declined."""
    work.challenges.hold(challenge_id)
    challenge = own_challenge(work, actor, challenge_id)
    challenge.cancel()
    work.timers.cancel(challenge.id)
    work.challenges.save(challenge)
    for bid in work.bids.of_challenge(challenge.id):
        if bid.in_the_running:
            bid.decline()
            work.bids.save(bid)
    return challenge


def accept_terms(work: UnitOfWork, actor: Actor, challenge_id: str, terms: str) -> Challenge:
    """Accept the edition of a confidential challenge's terms that the actor read; again changes nothing.

    Raises NotFound, or Conflict where it is not the edition in force.
    """
    challenge = work.challenges.get(challenge_id)
    if challenge.terms is None or terms != challenge.terms:
        raise Conflict(field="terms", reason="another edition of the terms", terms=challenge.terms)
    work.people.accept_terms(actor.person_id, terms, work.now())
    return challenge


def own_challenge(work: UnitOfWork, actor: Actor, challenge_id: str) -> Challenge:
    """The challenge, if the actor posts for its factory; raises NotFound or NotAllowed."""
    challenge = work.challenges.get(challenge_id)
    actor.require(Role.ENGINEER, Role.FACTORY_ADMIN, organisation_id=challenge.factory_id)
    return challenge


def checked(brief: Brief, taxonomy: Taxonomy) -> Brief:
    """The brief with weights that sum to 1; raises Invalid for what no taxonomy or need allows."""
    if brief.industry not in {trade.code for trade in taxonomy.trades}:
        raise Invalid(field="industry", reason="unknown trade", trade=brief.industry)
    if not brief.skills:
        return brief
    weighted = replace(brief, skills=normalise_weights(brief.skills))
    validate_need(weighted.need("", 0), taxonomy)
    return weighted


def _require_new(work: UnitOfWork, factory_id: str, command: PostChallenge, brief: Brief) -> None:
    former = work.challenges.of_source(factory_id, command.source) if command.source else None
    if former is not None:
        differs = any(getattr(brief, name) != getattr(former.brief, name) for name in command.stated)
        raise AlreadyPosted(former, differs)


def _require_schools(work: UnitOfWork, brief: Brief) -> None:
    """Raise NotFound for an eligible school that is none: it would let no team in, and not say so."""
    found = work.organisations.find(brief.eligible_schools)
    for position, id in enumerate(brief.eligible_schools):
        if id not in found or found[id].kind is not OrganisationKind.SCHOOL:
            raise NotFound(field=f"eligible_schools.{position}", kind="school", id=id)


def _open(work: UnitOfWork, actor: Actor, challenge: Challenge) -> None:
    actor.require(Role.FACTORY_ADMIN, organisation_id=challenge.factory_id)
    if challenge.state is ChallengeState.DRAFT:
        challenge.submit()
    challenge.open(work.now())
    _set_deadline(work, challenge)


def _set_deadline(work: UnitOfWork, challenge: Challenge) -> None:
    work.timers.set(Timer(challenge.id, TimerKind.BIDS_CLOSE, challenge.brief.bids_close_at))
