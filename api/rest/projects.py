"""Projects: a team at work, two mentors who sign, a factory that takes it over."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.changes import ChangeOf, Reply
from api.identity import CurrentActor, ServicesOf
from api.rest.answers import answered, refusals, success
from api.rest.fields import Cursor, Id, Limit, Page
from api.rest.models.projects import ProgressOut, ProjectLineOut, ProjectOut
from api.rest.paging import cursor_after, text_of
from api.rest.sight import require_project
from domain.errors import NotFound
from domain.projects import Project
from domain.use_cases.projects import accept_project
from infra.queries.project_part import has_part_in
from infra.queries.project_progress import progress_now
from infra.queries.project_sheet import project_sheet
from infra.queries.projects_of_person import count_of_person, projects_of_person
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(prefix="/projects", tags=["projects"])

STEP = success(200, "The project as it is now") | refusals(401, 403, 404, 409, 422)


@router.get("", responses=refusals(401, 422))
def list_mine(
    services: ServicesOf,
    actor: CurrentActor,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[Limit, Query()] = 20,
) -> Page[ProjectLineOut]:
    """The projects in which I have a part, the newest first."""
    with services.database.read() as connection:
        lines = projects_of_person(connection, actor, text_of(cursor), limit)
        total = count_of_person(connection, actor)
    more = cursor_after([line.id for line in lines], limit)
    items = [ProjectLineOut.of(line, actor.person_id) for line in lines]
    return Page(items=items, total=total, next_cursor=more)


@router.get(
    "/{project_id}",
    response_model=ProjectOut,
    responses=success(200, "The project") | refusals(401, 404, 422),
)
def read(project_id: Id, services: ServicesOf, actor: CurrentActor) -> Response:
    """One project, for its team, its mentors, its factory and its school's administrators."""
    with services.database.read() as connection:
        known = has_part_in(connection, actor, project_id)
        sheet = project_sheet(connection, project_id) if known else None
    if sheet is None:
        raise NotFound(kind=Project.name, id=project_id)
    return answered(ProjectOut.of(sheet), sheet.version)


@router.get(
    "/{project_id}/progress",
    response_model=ProgressOut,
    responses=success(200, "How it stands") | refusals(401, 404, 422),
)
def read_progress(project_id: Id, services: ServicesOf, actor: CurrentActor) -> Response:
    """How a project stands this moment, and for whom it waits."""
    with services.database.read() as connection:
        known = has_part_in(connection, actor, project_id)
        progress = progress_now(connection, project_id, services.clock.now()) if known else None
    if progress is None:
        raise NotFound(kind=Project.name, id=project_id)
    return answered(ProgressOut.of(progress), progress.version)


@router.post("/{project_id}/accept", response_model=ProjectOut, responses=STEP)
def accept(project_id: Id, change: ChangeOf, actor: CurrentActor) -> Response:
    """Take delivered work over for my factory."""

    def act(work: SqlUnitOfWork) -> Reply:
        require_project(work, actor, project_id)
        project = accept_project(work, actor, project_id)
        return Reply(200, project_out(work, project_id), project.version)

    return change.run(actor, act)


def project_out(work: SqlUnitOfWork, project_id: str) -> ProjectOut:
    """The project as this transaction leaves it."""
    sheet = project_sheet(work.connection, project_id)
    if sheet is None:
        raise NotFound(kind=Project.name, id=project_id)
    return ProjectOut.of(sheet)
