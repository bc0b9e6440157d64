"""Milestones: the team submits, each mentor signs or returns for their own side."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from api.changes import Change, ChangeOf, Reply
from api.identity import CurrentActor
from api.rest.fields import Id
from api.rest.models.projects import ProjectOut, ReturnIn, SubmissionIn
from api.rest.projects import STEP, project_out
from api.rest.sight import require_project
from domain.organisations import Actor
from domain.projects import Project
from domain.use_cases.projects import return_milestone, sign_milestone, submit_milestone
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(prefix="/projects/{project_id}/milestones/{milestone_id}", tags=["projects"])


@router.post("/submit", response_model=ProjectOut, responses=STEP)
def submit(
    project_id: Id, milestone_id: Id, change: ChangeOf, actor: CurrentActor, wanted: SubmissionIn
) -> Response:
    """Hand a finished milestone to both mentors; one of the team does."""
    return _step(
        change,
        actor,
        project_id,
        lambda work: submit_milestone(work, actor, project_id, milestone_id, wanted.note),
    )


@router.post("/sign", response_model=ProjectOut, responses=STEP)
def sign(project_id: Id, milestone_id: Id, change: ChangeOf, actor: CurrentActor) -> Response:
    """Sign for my side; the second signature completes the milestone, the last delivers the project."""
    return _step(
        change, actor, project_id, lambda work: sign_milestone(work, actor, project_id, milestone_id)
    )


@router.post("/return", response_model=ProjectOut, responses=STEP)
def send_back(
    project_id: Id, milestone_id: Id, change: ChangeOf, actor: CurrentActor, wanted: ReturnIn
) -> Response:
    """Send a milestone back to the team with the reason; the other side's signature lapses."""
    return _step(
        change,
        actor,
        project_id,
        lambda work: return_milestone(work, actor, project_id, milestone_id, wanted.reason),
    )


def _step(
    change: Change, actor: Actor, project_id: str, step: Callable[[SqlUnitOfWork], Project]
) -> Response:
    def act(work: SqlUnitOfWork) -> Reply:
        require_project(work, actor, project_id)
        project = step(work)
        return Reply(200, project_out(work, project_id), project.version)

    return change.run(actor, act)
