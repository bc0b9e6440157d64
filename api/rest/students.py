"""Students: what they can do, by their own word and by somebody accountable's."""

from fastapi import APIRouter
from starlette.responses import Response

from api.changes import ChangeOf, Reply
from api.identity import CurrentActor, CurrentViewer, ServicesOf
from api.rest.answers import answered, refusals, success
from api.rest.fields import Id
from api.rest.models.teams import CertificationIn, SkillsIn, StudentOut
from domain.audience import Viewer
from domain.errors import NotAllowed, NotFound
from domain.matching.errors import UnknownSkill
from domain.matching.taxonomy import Taxonomy
from domain.use_cases.teams import certify_skill, rate_own_skills
from infra.queries.student_sheet import StudentSheet, student_sheet
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(prefix="/students", tags=["students"])

CHANGED = success(200, "The student as they are now") | refusals(401, 403, 404, 409, 422)


@router.get(
    "/{student_id}",
    response_model=StudentOut,
    responses=success(200, "The student") | refusals(401, 404, 422),
)
def read(student_id: Id, services: ServicesOf, _: CurrentActor, viewer: CurrentViewer) -> Response:
    """Myself, somebody of my school, a team-mate, or a member of a team that I mentor."""
    with services.database.read() as connection:
        student = _known(student_sheet(connection, viewer, student_id), student_id)
    return answered(StudentOut.of(student, services.taxonomy), student.version)


@router.put("/{student_id}/skills", response_model=StudentOut, responses=CHANGED)
def rate(
    student_id: Id,
    services: ServicesOf,
    change: ChangeOf,
    actor: CurrentActor,
    viewer: CurrentViewer,
    wanted: SkillsIn,
) -> Response:
    """Replace what I say I can do; my teams' matches follow at once."""

    def act(work: SqlUnitOfWork) -> Reply:
        _known(student_sheet(work.connection, viewer, student_id), student_id)
        if student_id != actor.person_id:
            raise NotAllowed(reason="only the student")
        for code in wanted.skills:
            _require_skill(services.taxonomy, code, f"skills.{code}")
        rate_own_skills(work, actor, wanted.skills, services.taxonomy)
        return _reply(work, services.taxonomy, viewer, student_id)

    return change.run(actor, act)


@router.post("/{student_id}/certifications", response_model=StudentOut, responses=CHANGED)
def certify(
    student_id: Id,
    services: ServicesOf,
    change: ChangeOf,
    actor: CurrentActor,
    viewer: CurrentViewer,
    wanted: CertificationIn,
) -> Response:
    """Attest a student's level in the name of my organisation; mentors and school administrators do."""

    def act(work: SqlUnitOfWork) -> Reply:
        _known(student_sheet(work.connection, viewer, student_id), student_id)
        _require_skill(services.taxonomy, wanted.skill, "skill")
        certify_skill(work, actor, student_id, wanted.skill, wanted.level, services.taxonomy)
        return _reply(work, services.taxonomy, viewer, student_id)

    return change.run(actor, act)


def _reply(work: SqlUnitOfWork, taxonomy: Taxonomy, viewer: Viewer, student_id: str) -> Reply:
    student = _known(student_sheet(work.connection, viewer, student_id), student_id)
    return Reply(200, StudentOut.of(student, taxonomy), student.version)


def _known(student: StudentSheet | None, student_id: str) -> StudentSheet:
    if student is None:
        raise NotFound(kind="student", id=student_id)
    return student


def _require_skill(taxonomy: Taxonomy, code: str, field: str) -> None:
    if code not in taxonomy:
        raise UnknownSkill(code, field=field)
