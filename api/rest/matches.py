"""Who fits whom, now, and why: teams for a challenge, challenges for a team."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.changes import ChangeOf, Reply
from api.fits import fits_for_challenge, fits_for_team
from api.identity import CurrentActor, CurrentViewer, ServicesOf
from api.redaction import may_name_members
from api.rest.answers import refusals
from api.rest.fields import Id, Limit, Page
from api.rest.models.matches import ChallengeMatch, TeamMatch
from api.rest.sight import seen_challenge, shown
from domain.errors import NotAllowed, NotFound
from domain.use_cases.outcomes import mark_not_relevant, take_back_not_relevant
from infra.queries.challenge_card import challenge_card
from infra.queries.glance import glance
from infra.queries.team_cards import team_cards
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(tags=["matches"])


@router.get(
    "/challenges/{challenge_id}/matches",
    responses=refusals(401, 404, 422, 503),
)
def rank_teams(
    challenge_id: Id,
    services: ServicesOf,
    _: CurrentActor,
    viewer: CurrentViewer,
    limit: Annotated[Limit, Query()] = 20,
) -> Page[TeamMatch]:
    """The best teams for a challenge, each with its reasons; computed as I ask.

    Who brings a skill is named to the team itself, its schools, the challenge's factory and administrators.
    """
    with glance(services.database) as look:
        challenge = shown(challenge_card(look, challenge_id), viewer, challenge_id).challenge
    fits = fits_for_challenge(services, viewer, challenge.need, challenge.factory_id, limit)
    items = [TeamMatch.of(fit, viewer, challenge.factory_id, services.taxonomy) for fit in fits]
    return Page(items=items, total=len(items), total_relation="gte" if len(items) == limit else "eq")


@router.get("/teams/{team_id}/matches", responses=refusals(401, 403, 404, 422, 503))
def rank_challenges(
    team_id: Id,
    services: ServicesOf,
    _: CurrentActor,
    viewer: CurrentViewer,
    limit: Annotated[Limit, Query()] = 20,
) -> Page[ChallengeMatch]:
    """The best open challenges for a team of mine or of my school, each with its reasons.

    Those that we said do not concern us come last.
    """
    with services.database.read() as connection:
        team = team_cards(connection, [team_id]).get(team_id)
    if team is None:
        raise NotFound(kind="team", id=team_id)
    if not may_name_members(viewer, team):
        raise NotAllowed(reason="only the team and its schools")
    fits = fits_for_team(services, viewer, team_id, limit)
    items = [ChallengeMatch.of(fit, team, services.taxonomy) for fit in fits]
    return Page(items=items, total=len(items), total_relation="gte" if len(items) == limit else "eq")


@router.put(
    "/teams/{team_id}/matches/{challenge_id}/not-relevant",
    status_code=204,
    responses=refusals(401, 403, 404, 409, 422),
)
def dismiss(
    team_id: Id, challenge_id: Id, change: ChangeOf, actor: CurrentActor, viewer: CurrentViewer
) -> Response:
    """Say, as the captain, that an open challenge does not concern us: we are not told of it again."""

    def act(work: SqlUnitOfWork) -> Reply:
        seen_challenge(work, viewer, challenge_id)
        mark_not_relevant(work, actor, challenge_id, team_id)
        return Reply(204)

    return change.run(actor, act)


@router.delete(
    "/teams/{team_id}/matches/{challenge_id}/not-relevant",
    status_code=204,
    responses=refusals(401, 403, 404, 422),
)
def take_back(team_id: Id, challenge_id: Id, change: ChangeOf, actor: CurrentActor) -> Response:
    """Take that back, whether or not we said it."""

    def act(work: SqlUnitOfWork) -> Reply:
        take_back_not_relevant(work, actor, challenge_id, team_id)
        return Reply(204)

    return change.run(actor, act)
