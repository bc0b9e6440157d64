"""Challenges: posting them, reading them, and taking them through their states."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Body
from starlette.responses import Response

from api.changes import Change, ChangeOf, ChangeOnce, Reply
from api.etags import ExpectedVersion
from api.identity import CallerOf, CurrentActor, CurrentViewer, ServicesOf
from api.rest.answers import ETAG, LOCATION, answered, refusals, success
from api.rest.fields import Id
from api.rest.models.challenge_input import ChallengeChange, ChallengeIn, TermsIn, changed
from api.rest.models.challenges import ChallengeOut
from api.rest.sight import seen_challenge, shown
from api.services import Services
from domain.audience import ANYONE, Viewer
from domain.challenges import Challenge
from domain.errors import Conflict
from domain.organisations import Actor, Role
from domain.use_cases.challenges import (
    accept_terms,
    amend_challenge,
    cancel_challenge,
    post_challenge,
    publish_challenge,
    return_challenge,
    submit_challenge,
)
from infra.queries.challenge_card import challenge_card
from infra.queries.documents import listings
from infra.queries.glance import glance
from infra.queries.identities import has_accepted
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(prefix="/challenges", tags=["challenges"])

Transition = Callable[[SqlUnitOfWork, Actor, str], Challenge]


@router.post(
    "",
    status_code=201,
    response_model=ChallengeOut,
    responses=success(201, "Posted", ETAG | LOCATION) | refusals(401, 403, 409, 422),
)
def post(
    services: ServicesOf, change: ChangeOnce, actor: CurrentActor, viewer: CurrentViewer, wanted: ChallengeIn
) -> Response:
    """Post a challenge of my factory: a draft, or with `publish` open for bids at once.

    A `source` that is there already is 409 `already_posted`; `existing` says which challenge it is.
    """
    actor.require(Role.ENGINEER, Role.FACTORY_ADMIN)

    def act(work: SqlUnitOfWork) -> Reply:
        factory = work.organisations.get(actor.organisation_id)
        command = wanted.command(factory, work.now(), services.taxonomy)
        challenge = post_challenge(work, actor, command, services.taxonomy)
        location = f"/api/v1/challenges/{challenge.id}"
        return Reply(201, _out(work, services, viewer, challenge.id), challenge.version, location)

    try:
        return change.run(actor, act)
    except Conflict:
        # Somebody else posted the same source meanwhile: it can be named now.
        return change.run(actor, act)


@router.get(
    "/{challenge_id}",
    response_model=ChallengeOut,
    responses=success(200, "The challenge") | refusals(401, 404, 422),
)
def read(challenge_id: Id, caller: CallerOf) -> Response:
    """One challenge, as far as I may read it."""
    services = caller.services
    with glance(services.database) as look:
        identity = caller.identity(look)
        viewer = identity.viewer if identity else ANYONE
        listing = shown(challenge_card(look, challenge_id), viewer, challenge_id)
        terms = listing.challenge.terms
        if terms is not None and identity is not None and has_accepted(look, identity.person_id, terms):
            viewer = replace(viewer, accepted_terms=frozenset({terms}))
    return answered(ChallengeOut.of(listing, services.taxonomy, viewer), listing.challenge.version)


@router.patch(
    "/{challenge_id}",
    response_model=ChallengeOut,
    responses=success(200, "Changed") | refusals(401, 403, 404, 409, 412, 422, 428),
)
def amend(
    challenge_id: Id,
    services: ServicesOf,
    change: ChangeOf,
    actor: CurrentActor,
    viewer: CurrentViewer,
    version: ExpectedVersion,
    wanted: Annotated[ChallengeChange, Body()],
) -> Response:
    """Change what is given of the brief, until bids are judged; the deadline of an open challenge only
    moves later."""

    def act(work: SqlUnitOfWork) -> Reply:
        challenge = seen_challenge(work, viewer, challenge_id)
        brief = changed(challenge.brief, wanted, services.taxonomy)
        expected = challenge.version if version is None else version
        amended = amend_challenge(work, actor, challenge_id, expected, brief, services.taxonomy)
        return Reply(200, _out(work, services, viewer, challenge_id), amended.version)

    return change.run(actor, act)


TRANSITION = success(200, "Done") | refusals(401, 403, 404, 409, 422)


@router.post("/{challenge_id}/submit", response_model=ChallengeOut, responses=TRANSITION)
def submit(
    challenge_id: Id, services: ServicesOf, change: ChangeOf, actor: CurrentActor, viewer: CurrentViewer
) -> Response:
    """Hand a draft to whoever approves for the factory."""
    return _step(services, change, actor, viewer, challenge_id, submit_challenge)


@router.post("/{challenge_id}/publish", response_model=ChallengeOut, responses=TRANSITION)
def publish(
    challenge_id: Id, services: ServicesOf, change: ChangeOf, actor: CurrentActor, viewer: CurrentViewer
) -> Response:
    """Approve a challenge in review, or a draft at once: from now on teams see it and bid."""
    return _step(services, change, actor, viewer, challenge_id, publish_challenge)


@router.post("/{challenge_id}/return", response_model=ChallengeOut, responses=TRANSITION)
def send_back(
    challenge_id: Id, services: ServicesOf, change: ChangeOf, actor: CurrentActor, viewer: CurrentViewer
) -> Response:
    """Give a challenge in review back to its author."""
    return _step(services, change, actor, viewer, challenge_id, return_challenge)


@router.post("/{challenge_id}/cancel", response_model=ChallengeOut, responses=TRANSITION)
def cancel(
    challenge_id: Id, services: ServicesOf, change: ChangeOf, actor: CurrentActor, viewer: CurrentViewer
) -> Response:
    """Take a challenge back before its award; the teams that bid are told."""
    return _step(services, change, actor, viewer, challenge_id, cancel_challenge)


@router.post("/{challenge_id}/terms", response_model=ChallengeOut, responses=TRANSITION)
def accept(
    challenge_id: Id,
    services: ServicesOf,
    change: ChangeOf,
    actor: CurrentActor,
    viewer: CurrentViewer,
    wanted: TermsIn,
) -> Response:
    """Accept the terms under which a confidential brief may be read; again changes nothing."""

    def act(work: SqlUnitOfWork) -> Reply:
        seen_challenge(work, viewer, challenge_id)
        challenge = accept_terms(work, actor, challenge_id, wanted.terms)
        reader = replace(viewer, accepted_terms=viewer.accepted_terms | {wanted.terms})
        return Reply(200, _out(work, services, reader, challenge_id), challenge.version)

    return change.run(actor, act)


def _step(
    services: Services,
    change: Change,
    actor: Actor,
    viewer: Viewer,
    challenge_id: str,
    transition: Transition,
) -> Response:
    def act(work: SqlUnitOfWork) -> Reply:
        seen_challenge(work, viewer, challenge_id)
        challenge = transition(work, actor, challenge_id)
        return Reply(200, _out(work, services, viewer, challenge_id), challenge.version)

    return change.run(actor, act)


def _out(work: SqlUnitOfWork, services: Services, viewer: Viewer, challenge_id: str) -> ChallengeOut:
    (listing,) = listings(work.connection, [challenge_id])
    return ChallengeOut.of(listing, services.taxonomy, viewer)
