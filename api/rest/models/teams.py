"""Teams and students as they come in and as their readers see them."""

from typing import Annotated

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from api.redaction import may_name_members
from api.rest.fields import Code, Flag, Hours, Id, Input, Level, Output, line
from api.rest.models.words import Named, SkillWord, words
from domain.audience import Viewer
from domain.matching.model import Member
from domain.matching.profile import team_skills
from domain.matching.taxonomy import Taxonomy
from domain.students import MOST_SKILLS
from domain.teams import MOST_MEMBERS
from infra.queries.student_sheet import StudentSheet
from infra.queries.team_cards import TeamCard

Title = Annotated[str, line(120), Field(examples=["振动小队"])]
Members = Annotated[list[Id], Field(max_length=MOST_MEMBERS)]


class TeamIn(Input):
    """A new team that I lead; the students of `member_ids` are asked to join."""

    title: Title
    hours_per_week: Hours
    member_ids: Members = Field(default_factory=list)
    school_mentor_id: Id | None = None


@with_config(ConfigDict(extra="forbid"))
class TeamChange(TypedDict, total=False):
    """What changes of a team; what is left out stays. A locked team takes no further challenges.

    `captain_id` hands the team over to another member.
    """

    title: Title
    member_ids: Members
    hours_per_week: Hours
    school_mentor_id: Id
    locked: Flag
    captain_id: Id


class InvitationOut(Output):
    """A team that has asked me to join."""

    team_id: str
    title: str
    schools: list[Named]
    size: int
    captain: Named


class AskedOut(Output):
    """A student whom my team has asked; what they can do is theirs until they accept."""

    student_id: str
    login: str


class SkillsIn(Input):
    """All that I can do, by skill code; certified levels stay unless I claim a higher one."""

    skills: Annotated[
        dict[Code, Level], Field(max_length=MOST_SKILLS, examples=[{"plc-programming": 3, "python": 2}])
    ]


class CertificationIn(Input):
    """A level that I attest for my organisation."""

    skill: Code = Field(examples=["vibration-analysis"])
    level: Level


class HeldSkill(SkillWord):
    """A skill with its level, and whether somebody accountable attested it."""

    level: int
    certified: bool

    @classmethod
    def of(cls, code: str, level: int, certified: bool, taxonomy: Taxonomy) -> "HeldSkill":
        """The skill in words."""
        zh, en = words(code, taxonomy)
        return cls(skill=code, zh=zh, en=en, level=level, certified=certified)


class TeamSkill(SkillWord):
    """The best certified and the best self-rated level of a team; 0 where there is none."""

    certified: int
    self_rated: int


class MemberOut(Named):
    """A member with what they can do."""

    skills: list[HeldSkill]

    @classmethod
    def of(cls, member: Member, taxonomy: Taxonomy) -> "MemberOut":
        """The member in words."""
        skills = [HeldSkill.of(code, *held, taxonomy) for code, held in sorted(member.skills.items())]
        return cls(id=member.student_id, zh=member.name_zh, en=member.name_en, skills=skills)


class TeamOut(Output):
    """A team. `captain_id`, `members` and `school_mentor_id` are null where I may not know its people."""

    id: str
    version: int
    title: str
    schools: list[Named]
    city: str
    province: str
    hours_per_week: float
    locked: bool
    size: int
    skills: list[TeamSkill]
    captain_id: str | None
    members: list[MemberOut] | None
    school_mentor_id: str | None

    @classmethod
    def of(cls, team: TeamCard, taxonomy: Taxonomy, viewer: Viewer) -> "TeamOut":
        """The team as `viewer` may see it."""
        named = may_name_members(viewer, team)
        return cls(
            id=team.id,
            version=team.version,
            title=team.title,
            schools=[Named.model_validate(school) for school in team.schools],
            city=team.city,
            province=team.province,
            hours_per_week=team.hours_per_week,
            locked=team.locked,
            size=len(team.members),
            skills=_skills(team, taxonomy),
            captain_id=team.captain_id if named else None,
            members=[MemberOut.of(member, taxonomy) for member in team.members] if named else None,
            school_mentor_id=team.school_mentor_id if named else None,
        )


class StudentOut(Named):
    """A student with their skills."""

    version: int
    school: Named
    skills: list[HeldSkill]

    @classmethod
    def of(cls, student: StudentSheet, taxonomy: Taxonomy) -> "StudentOut":
        """The student in words."""
        held = sorted(student.skills.items())
        return cls(
            id=student.name.id,
            zh=student.name.zh,
            en=student.name.en,
            version=student.version,
            school=Named.model_validate(student.school),
            skills=[HeldSkill.of(code, skill.level, skill.certified, taxonomy) for code, skill in held],
        )


def _skills(team: TeamCard, taxonomy: Taxonomy) -> list[TeamSkill]:
    found = []
    for code, levels in sorted(team_skills(team.members).items()):
        zh, en = words(code, taxonomy)
        skill = TeamSkill(skill=code, zh=zh, en=en, certified=levels.certified, self_rated=levels.self_rated)
        found.append(skill)
    return found
