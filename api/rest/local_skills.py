"""The installation's own skills, which an administrator adds to the shipped taxonomy."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StringConstraints
from starlette.responses import Response

from api.changes import ChangeOf, ChangeOnce, Reply
from api.etags import ExpectedVersion
from api.identity import CurrentActor, ServicesOf
from api.rest.answers import ETAG, LOCATION, answered, refusals, success
from api.rest.fields import Code, Input, Output, Page, line
from domain.local_skills import LocalSkill, SkillWords
from domain.matching.taxonomy import Side
from domain.use_cases.local_skills import add_local_skill, change_local_skill
from infra.repositories.local_skills import local_skill, local_skills_of
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(prefix="/local-skills", tags=["taxonomy"])

Name = Annotated[str, line(80)]
LocalCode = Annotated[
    str,
    StringConstraints(pattern=r"^local-[a-z0-9]+(-[a-z0-9]+)*$", max_length=80),
    Field(examples=["local-enamel-firing"]),
]


class SkillWordsIn(Input):
    """What a skill is called, its side and its group. No name may belong to another skill."""

    zh: Name
    en: Name
    aliases: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    side: Side
    group: Annotated[Code, Field(examples=["moulding.injection"], description="A group of the taxonomy.")]

    @property
    def words(self) -> SkillWords:
        """The same for the domain."""
        return SkillWords(self.zh, self.en, self.aliases, self.side, self.group)


class LocalSkillIn(SkillWordsIn):
    """A new skill; its code never changes."""

    code: LocalCode


class LocalSkillOut(Output):
    """A skill of this installation; in `/skills` it stands among the others."""

    id: str
    version: int
    zh: str
    en: str
    aliases: list[str]
    side: Side
    group: str

    @classmethod
    def of(cls, skill: LocalSkill) -> "LocalSkillOut":
        """The skill under its code."""
        words = skill.words
        return cls(
            id=skill.code,
            version=skill.version,
            zh=words.zh,
            en=words.en,
            aliases=list(words.aliases),
            side=words.side,
            group=words.group,
        )


@router.get("", responses=refusals(401))
def list_local(services: ServicesOf, _: CurrentActor) -> Page[LocalSkillOut]:
    """All skills that were added here."""
    with services.database.read() as connection:
        found = local_skills_of(connection)
    return Page(items=[LocalSkillOut.of(skill) for skill in found], total=len(found))


@router.get(
    "/{code}",
    response_model=LocalSkillOut,
    responses=success(200, "The skill") | refusals(401, 404, 422),
)
def read_local(services: ServicesOf, _: CurrentActor, code: Code) -> Response:
    """One of them, with its version for If-Match."""
    with services.database.read() as connection:
        found = local_skill(connection, code)
    return answered(LocalSkillOut.of(found), found.version)


@router.post(
    "",
    status_code=201,
    response_model=LocalSkillOut,
    responses=success(201, "Added", ETAG | LOCATION) | refusals(401, 403, 404, 409, 422),
)
def add_local(
    services: ServicesOf, change: ChangeOnce, actor: CurrentActor, wanted: LocalSkillIn
) -> Response:
    """Add a skill, as an administrator; in a moment every process ranks by it."""

    def act(work: SqlUnitOfWork) -> Reply:
        skill = add_local_skill(work, actor, wanted.code, wanted.words, services.taxonomies.shipped)
        location = f"/api/v1/local-skills/{skill.code}"
        return Reply(201, LocalSkillOut.of(skill), skill.version, location)

    return change.run(actor, act)


@router.put(
    "/{code}",
    response_model=LocalSkillOut,
    responses=success(200, "Changed") | refusals(401, 403, 404, 409, 412, 422, 428),
)
def change_local(
    code: Code,
    services: ServicesOf,
    change: ChangeOf,
    actor: CurrentActor,
    version: ExpectedVersion,
    wanted: SkillWordsIn,
) -> Response:
    """Call a local skill something else, or move it, as an administrator; rankings follow in a moment."""

    def act(work: SqlUnitOfWork) -> Reply:
        shipped = services.taxonomies.shipped
        skill = change_local_skill(work, actor, code, version, wanted.words, shipped)
        return Reply(200, LocalSkillOut.of(skill), skill.version)

    return change.run(actor, act)
