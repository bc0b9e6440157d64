"""Students and the skills that they have, each with a level and whether somebody accountable attested it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from domain.aggregate import Aggregate
from domain.errors import Invalid
from domain.events import StudentEnrolled, StudentSkillsChanged

LOWEST_LEVEL, HIGHEST_LEVEL = 1, 5
MOST_SKILLS = 60


@dataclass(frozen=True, slots=True)
class StudentSkill:
    """A level from 1 to 5; certified where `certified_by` (an organisation) attested it."""

    level: int
    certified_by: str | None = None

    @property
    def certified(self) -> bool:
        return self.certified_by is not None


@dataclass(kw_only=True)
class Student(Aggregate):
    """A person of a school as somebody who can solve challenges; shares the person's id."""

    name: ClassVar[str] = "student"

    school_id: str
    skills: dict[str, StudentSkill] = field(default_factory=dict)

    @classmethod
    def enrol(cls, id: str, school_id: str) -> "Student":
        student = cls(id=id, school_id=school_id)
        student.record(StudentEnrolled(school_id=school_id))
        return student

    def rate_own_skills(self, levels: Mapping[str, int]) -> None:
        """Replace the self-rated skills; a certified level stays until the student claims a higher one.

        Raises Invalid for a level outside 1 to 5 or more than 60 skills.
        """
        if len(levels) > MOST_SKILLS:
            raise Invalid(field="skills", reason="too many", most=MOST_SKILLS)
        for code, level in levels.items():
            check_level(level, field=f"skills.{code}")
        certified = {code: skill for code, skill in self.skills.items() if skill.certified}
        claimed = {
            code: StudentSkill(level)
            for code, level in levels.items()
            if code not in certified or level > certified[code].level
        }
        self._replace_skills(certified | claimed)

    def certify(self, code: str, level: int, by: str) -> None:
        """Attest a skill at a level on behalf of the organisation `by`."""
        check_level(level, field="level")
        self._replace_skills({**self.skills, code: StudentSkill(level, certified_by=by)})

    def _replace_skills(self, skills: dict[str, StudentSkill]) -> None:
        self.skills = skills
        self.record(StudentSkillsChanged(skills=sorted(skills)))


def check_level(level: int, field: str) -> None:
    """Raise Invalid unless `level` is one of the five."""
    if not LOWEST_LEVEL <= level <= HIGHEST_LEVEL:
        raise Invalid(field=field, reason="level", lowest=LOWEST_LEVEL, highest=HIGHEST_LEVEL)
