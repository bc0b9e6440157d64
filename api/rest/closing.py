"""Ending what did not come to anything."""

from fastapi import APIRouter
from starlette.responses import Response

from api.changes import ChangeOf, Reply
from api.identity import CurrentActor, CurrentViewer, ServicesOf
from api.rest.answers import refusals, success
from api.rest.fields import Id
from api.rest.models.challenges import ChallengeOut
from api.rest.models.projects import ClosingIn, ProjectOut, StopIn
from api.rest.projects import STEP, project_out
from api.rest.sight import require_project, seen_challenge
from domain.use_cases.closing import close_unawarded, stop_project
from infra.queries.documents import listings
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter()


@router.post(
    "/challenges/{challenge_id}/close",
    response_model=ChallengeOut,
    responses=success(200, "Closed") | refusals(401, 403, 404, 409, 422),
    tags=["challenges"],
)
def close(
    challenge_id: Id,
    services: ServicesOf,
    change: ChangeOf,
    actor: CurrentActor,
    viewer: CurrentViewer,
    wanted: ClosingIn,
) -> Response:
    """End a judged challenge of my factory without a winner; every team that bid is told."""

    def act(work: SqlUnitOfWork) -> Reply:
        seen_challenge(work, viewer, challenge_id)
        challenge = close_unawarded(work, actor, challenge_id, wanted.feedback)
        (listing,) = listings(work.connection, [challenge_id])
        return Reply(200, ChallengeOut.of(listing, services.taxonomy, viewer), challenge.version)

    return change.run(actor, act)


@router.post("/projects/{project_id}/stop", response_model=ProjectOut, responses=STEP, tags=["projects"])
def stop(project_id: Id, change: ChangeOf, actor: CurrentActor, wanted: StopIn) -> Response:
    """Give a running project up, with the reason that everybody concerned reads.

    An administrator of its factory, of a school of its team or of the installation does.
    """

    def act(work: SqlUnitOfWork) -> Reply:
        require_project(work, actor, project_id)
        project = stop_project(work, actor, project_id, wanted.reason)
        return Reply(200, project_out(work, project_id), project.version)

    return change.run(actor, act)
