"""Joining a team by one's own consent, and leaving it."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from api.changes import Change, ChangeOf, Reply
from api.identity import CurrentActor, CurrentViewer, ServicesOf
from api.rest.answers import refusals, success
from api.rest.fields import Id
from api.rest.models.teams import AskedOut, InvitationOut, TeamOut
from api.rest.teams import team_out
from api.services import Services
from domain.audience import Viewer
from domain.errors import NotAllowed, NotFound
from domain.organisations import Actor
from domain.teams import Team
from domain.use_cases.teams import (
    accept_invitation,
    decline_invitation,
    leave_team,
    take_back_invitation,
)
from infra.queries.invitations import asked_by, invitations_of
from infra.queries.team_cards import team_cards
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(tags=["teams"])

STEP = success(200, "The team as I may see it now") | refusals(401, 403, 404, 409, 422)


@router.get("/invitations", responses=refusals(401))
def list_mine(services: ServicesOf, actor: CurrentActor) -> list[InvitationOut]:
    """The teams that have asked me to join and wait for my answer."""
    with services.database.read() as connection:
        return [InvitationOut.model_validate(one) for one in invitations_of(connection, actor.person_id)]


@router.get("/teams/{team_id}/invitations", responses=refusals(401, 403, 404, 422))
def list_asked(team_id: Id, services: ServicesOf, actor: CurrentActor) -> list[AskedOut]:
    """Whom my team has asked and who has not answered."""
    with services.database.read() as connection:
        team = team_cards(connection, [team_id]).get(team_id)
        if team is None:
            raise NotFound(kind=Team.name, id=team_id)
        if team.member(actor.person_id) is None:
            raise NotAllowed(reason="only a member")
        return [AskedOut.model_validate(one) for one in asked_by(connection, team_id)]


@router.post("/teams/{team_id}/invitations/{student_id}/accept", response_model=TeamOut, responses=STEP)
def accept(
    team_id: Id,
    student_id: Id,
    services: ServicesOf,
    change: ChangeOf,
    actor: CurrentActor,
    viewer: CurrentViewer,
) -> Response:
    """Join a team that asked me; from now on it shows what I can do."""
    return _step(
        services, change, actor, viewer, lambda work: accept_invitation(work, actor, team_id, student_id)
    )


@router.post("/teams/{team_id}/invitations/{student_id}/decline", response_model=TeamOut, responses=STEP)
def decline(
    team_id: Id,
    student_id: Id,
    services: ServicesOf,
    change: ChangeOf,
    actor: CurrentActor,
    viewer: CurrentViewer,
) -> Response:
    """Say no to a team that asked me."""
    return _step(
        services, change, actor, viewer, lambda work: decline_invitation(work, actor, team_id, student_id)
    )


@router.delete("/teams/{team_id}/invitations/{student_id}", response_model=TeamOut, responses=STEP)
def take_back(
    team_id: Id,
    student_id: Id,
    services: ServicesOf,
    change: ChangeOf,
    actor: CurrentActor,
    viewer: CurrentViewer,
) -> Response:
    """Ask somebody no longer; the captain does."""
    return _step(
        services, change, actor, viewer, lambda work: take_back_invitation(work, actor, team_id, student_id)
    )


@router.post("/teams/{team_id}/leave", response_model=TeamOut, responses=STEP)
def leave(
    team_id: Id, services: ServicesOf, change: ChangeOf, actor: CurrentActor, viewer: CurrentViewer
) -> Response:
    """Leave a team; its captain hands over first, and a locked roster holds while a project runs."""
    return _step(services, change, actor, viewer, lambda work: leave_team(work, actor, team_id))


def _step(
    services: Services,
    change: Change,
    actor: Actor,
    viewer: Viewer,
    step: Callable[[SqlUnitOfWork], Team],
) -> Response:
    def act(work: SqlUnitOfWork) -> Reply:
        team = step(work)
        return Reply(200, team_out(work, services, viewer, team.id), team.version)

    return change.run(actor, act)
