"""Files of milestones: what a team shows for its work; read by those who have a part in the project."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, UploadFile
from starlette.responses import Response, StreamingResponse

from api.changes import Change, ChangeOf, Reply
from api.identity import CurrentActor, ServicesOf
from api.rest.fields import Id, Output, Page
from api.services import Services
from domain.errors import NotAllowed, NotFound, WrongState
from domain.organisations import Actor
from domain.projects import ProjectState
from infra.file_contents import CheckedFile, checked_file
from infra.file_rows import MILESTONE, FileInfo, add_file, file_by_id, files_of, mark_promoted
from infra.queries.milestone_project import project_of_milestone
from infra.queries.project_part import has_part_in
from infra.queries.project_sheet import ProjectSheet, project_sheet
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(tags=["projects"])


class FileOut(Output):
    """A file; fetch its bytes at `/api/v1/files/{id}`. `sha256` is of what is kept."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    uploader_id: str
    created_at: datetime


@router.post(
    "/projects/{project_id}/milestones/{milestone_id}/files", status_code=201, response_model=FileOut
)
def upload_file(
    services: ServicesOf,
    change: ChangeOf,
    actor: CurrentActor,
    project_id: Id,
    milestone_id: Id,
    file: Annotated[UploadFile, File(description="JPEG, PNG, WebP, PDF, Office, zip, video or text")],
) -> Response:
    """Add a file to a milestone: the team and both mentors may. Pictures are stored without hidden data."""
    with services.database.read() as connection:
        if not has_part_in(connection, actor, project_id):
            raise NotFound(kind="project", id=project_id)
        _require_worker(project_sheet(connection, project_id), actor, milestone_id)
    checked = checked_file(file.filename, file.file)
    services.scanner.check(checked.content)
    response, file_id = _keep(services, change, actor, milestone_id, checked)
    if services.files.promote(file_id):
        with services.database.write() as connection:
            mark_promoted(connection, [file_id], services.clock.now())
            connection.commit()
    return response


@router.get("/projects/{project_id}/milestones/{milestone_id}/files")
def list_files(services: ServicesOf, actor: CurrentActor, project_id: Id, milestone_id: Id) -> Page[FileOut]:
    """A milestone's files, the first that came in first."""
    with services.database.read() as connection:
        if project_of_milestone(connection, milestone_id) != project_id or not has_part_in(
            connection, actor, project_id
        ):
            raise NotFound(kind="milestone", id=milestone_id)
        found = [FileOut.model_validate(one) for one in files_of(connection, MILESTONE, [milestone_id])]
    return Page(items=found, total=len(found))


@router.get("/files/{file_id}", response_class=StreamingResponse)
def download_file(services: ServicesOf, actor: CurrentActor, file_id: Id) -> Response:
    """A file's bytes, always to be saved rather than shown."""
    with services.database.read() as connection:
        file = file_by_id(connection, file_id)
        project_id = project_of_milestone(connection, file.subject_id)
        if project_id is None or not has_part_in(connection, actor, project_id):
            raise NotFound(kind="file", id=file_id)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Length": str(file.size),
        "Cache-Control": "private, no-cache",
    }
    return StreamingResponse(_bytes(services, file), headers=headers, media_type=file.media_type)


def _require_worker(sheet: ProjectSheet | None, actor: Actor, milestone_id: str) -> None:
    """Raise unless the actor works on the project, the milestone is its own, and it is going on."""
    if sheet is None or milestone_id not in {milestone.id for milestone in sheet.milestones}:
        raise NotFound(kind="milestone", id=milestone_id)
    if actor.person_id not in sheet.member_ids and sheet.side_of(actor.person_id) is None:
        raise NotAllowed(reason="only the project's team and mentors")
    if sheet.state is not ProjectState.ACTIVE:
        raise WrongState(state=sheet.state, allowed=[ProjectState.ACTIVE])


def _keep(
    services: Services, change: Change, actor: Actor, milestone_id: str, file: CheckedFile
) -> tuple[Response, str]:
    """Stage the bytes, then commit the row; a crash in between leaves bytes that the sweeper removes."""
    staged = services.files.stage(file.content)

    def act(work: SqlUnitOfWork) -> Reply:
        info = FileInfo(
            id=staged.id,
            subject_kind=MILESTONE,
            subject_id=milestone_id,
            uploader_id=actor.person_id,
            name=file.name,
            media_type=file.media_type,
            size=staged.size,
            sha256=staged.sha256,
            created_at=work.now(),
            promoted_at=None,
        )
        add_file(work.connection, info)
        return Reply(201, FileOut.model_validate(info), location=f"/api/v1/files/{staged.id}")

    return change.run(actor, act), staged.id


def _bytes(services: Services, file: FileInfo) -> Iterator[bytes]:
    try:
        return services.files.read(file.id)
    except FileNotFoundError as error:
        raise NotFound(kind="file", id=file.id) from error
