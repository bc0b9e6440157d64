"""Projects: the list, a project with its milestones, submitting, two signatures, and acceptance."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, File, UploadFile
from starlette.datastructures import FormData
from starlette.responses import Response

from api.changes import ChangeOf
from api.rest.files import upload_file
from api.web.forms import Errors, Form, FormOf, explain
from api.web.i18n import gettext
from api.web.ids import Id
from api.web.views.project import project_view
from api.web.visit import Visit, VisitOf
from domain.errors import DomainError, Invalid
from domain.organisations import Role
from domain.projects import Project, ProjectState, Side
from domain.use_cases.closing import stop_project
from domain.use_cases.projects import accept_project, return_milestone, sign_milestone, submit_milestone
from infra.queries.projects_of_person import ProjectLine, projects_of_person
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter()

MOST_NOTE = 4_000
MOST_REASON = 2_000
VOUCHED = ("first", "second")
ENDED = (ProjectState.ACCEPTED, ProjectState.SUSTAINED, ProjectState.STOPPED)
Act = Callable[[SqlUnitOfWork], Project]


@router.get("/projects")
def projects(visit: VisitOf) -> Response:
    """The reader's projects: what waits for them first, then what runs, then what has ended."""
    with visit.services.database.read() as connection:
        lines = projects_of_person(connection, visit.me)
    dated = [(line, _waits_since(visit, line)) for line in lines]
    waiting = [(line, since) for line, since in dated if since is not None]
    rest = [(line, None) for line, since in dated if since is None]
    context = {
        "waiting": sorted(waiting, key=lambda one: one[1]),
        "running": [one for one in rest if one[0].state not in ENDED],
        "ended": [one for one in rest if one[0].state in ENDED],
    }
    return visit.page("pages/projects.html", "projects", context)


@router.get("/projects/{project_id}")
def project(visit: VisitOf, project_id: Id) -> Response:
    """A project with the milestone that matters to the reader."""
    return _page(visit, project_id, None, Errors())


@router.get("/projects/{project_id}/milestones/{milestone_id}")
def milestone(visit: VisitOf, project_id: Id, milestone_id: Id) -> Response:
    """The same with that milestone."""
    return _page(visit, project_id, milestone_id, Errors())


@router.post("/projects/{project_id}/milestones/{milestone_id}/submit")
def submit(visit: VisitOf, form: FormOf, project_id: Id, milestone_id: Id) -> Response:
    """Hand a step to both mentors with a note."""
    note = form.text("note", MOST_NOTE, required=True)

    def act(work: SqlUnitOfWork) -> Project:
        return submit_milestone(work, visit.me, project_id, milestone_id, note)

    return _done(visit, form, project_id, milestone_id, act, "milestone_submitted")


@router.post("/projects/{project_id}/milestones/{milestone_id}/sign")
def sign(visit: VisitOf, form: FormOf, project_id: Id, milestone_id: Id) -> Response:
    """Sign for the reader's own side, with everything ticked that they vouch for."""
    if not all(form.flag(name) for name in VOUCHED):
        form.refuse("vouched", gettext("Tick all of it: that is what your signature says."))

    def act(work: SqlUnitOfWork) -> Project:
        return sign_milestone(work, visit.me, project_id, milestone_id)

    return _done(visit, form, project_id, milestone_id, act, "milestone_signed")


@router.post("/projects/{project_id}/milestones/{milestone_id}/return")
def send_back(visit: VisitOf, form: FormOf, project_id: Id, milestone_id: Id) -> Response:
    """Send a step back to the team with the reason."""
    reason = form.text("reason", MOST_NOTE, required=True)

    def act(work: SqlUnitOfWork) -> Project:
        return return_milestone(work, visit.me, project_id, milestone_id, reason)

    return _done(visit, form, project_id, milestone_id, act, "milestone_returned")


@router.post("/projects/{project_id}/milestones/{milestone_id}/files")
def add_file(
    visit: VisitOf,
    change: ChangeOf,
    project_id: Id,
    milestone_id: Id,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Add a file to a step, for the team and both mentors."""
    form = Form(FormData())
    if file is None or not file.filename:
        form.refuse("file", gettext("Choose a file."))
    else:
        try:
            upload_file(visit.services, change, visit.me, project_id, milestone_id, file)
        except Invalid as error:
            form.refuse("file", explain(error))
        else:
            return visit.go(f"/projects/{project_id}/milestones/{milestone_id}", "file_added")
    return _page(visit, project_id, milestone_id, form.errors, form)


@router.post("/projects/{project_id}/accept")
def accept(visit: VisitOf, form: FormOf, project_id: Id) -> Response:
    """Take the delivered work over."""
    if not form.flag("sure"):
        form.refuse("sure", gettext("Tick that the plant takes it over."))

    def act(work: SqlUnitOfWork) -> Project:
        return accept_project(work, visit.me, project_id)

    return _done(visit, form, project_id, None, act, "project_accepted")


@router.post("/projects/{project_id}/stop")
def stop(visit: VisitOf, form: FormOf, project_id: Id) -> Response:
    """Give the project up, with the reason."""
    reason = form.text("stop_reason", MOST_REASON, required=True)
    if not form.flag("sure_to_stop"):
        form.refuse("sure_to_stop", gettext("Tick that you give it up."))

    def act(work: SqlUnitOfWork) -> Project:
        return stop_project(work, visit.me, project_id, reason)

    return _done(visit, form, project_id, None, act, "project_stopped")


def _waits_since(visit: Visit, line: ProjectLine) -> datetime | None:
    """Since when the project waits for the reader: for a signature, or for the plant's acceptance."""
    if line.state is ProjectState.DELIVERED and _accepts(visit, line.factory_id):
        return line.delivered_at
    return line.waits_since(visit.me.person_id) if line.state is ProjectState.ACTIVE else None


def _accepts(visit: Visit, factory_id: str) -> bool:
    staff = visit.me.has(Role.ENGINEER, Role.FACTORY_ADMIN)
    return staff and visit.me.organisation_id == factory_id


def _done(
    visit: Visit, form: Form, project_id: str, milestone_id: str | None, act: Act, said: str
) -> Response:
    project_view(visit, project_id, milestone_id)
    if form.accepted:
        try:
            with visit.services.store.begin() as work:
                act(work)
                work.commit()
        except DomainError as error:
            form.blame(error)
        else:
            step = f"/milestones/{milestone_id}" if milestone_id else ""
            return visit.go(f"/projects/{project_id}{step}", said)
    return _page(visit, project_id, milestone_id, form.errors, form)


def _page(
    visit: Visit, project_id: str, milestone_id: str | None, errors: Errors, form: Form | None = None
) -> Response:
    context = {
        "view": project_view(visit, project_id, milestone_id),
        "sides": Side,
        "errors": errors,
        "typed": form,
        "here": visit.request.url.path if visit.request.method == "GET" else f"/projects/{project_id}",
    }
    return visit.page("pages/project.html", "projects", context, 422 if errors else 200)
