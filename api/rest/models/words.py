"""Names and skills, in both languages, as all answers show them."""

from api.rest.fields import Output
from domain.matching.model import SkillNeed
from domain.matching.taxonomy import Taxonomy


class Named(Output):
    """An organisation or a person."""

    id: str
    zh: str
    en: str


class SkillWord(Output):
    """A skill by its code; where this release's taxonomy does not know it, the code is its name."""

    skill: str
    zh: str
    en: str


class SkillNeedOut(SkillWord):
    """A skill that a challenge asks for; the weights of a challenge sum to 1."""

    level: int
    weight: float
    mandatory: bool

    @classmethod
    def of(cls, need: SkillNeed, taxonomy: Taxonomy) -> "SkillNeedOut":
        """The need in words."""
        zh, en = words(need.skill, taxonomy)
        return cls(
            skill=need.skill, zh=zh, en=en, level=need.level, weight=need.weight, mandatory=need.mandatory
        )


def words(code: str, taxonomy: Taxonomy) -> tuple[str, str]:
    """A skill's names in Chinese and English."""
    if code not in taxonomy:
        return code, code
    skill = taxonomy.skill(code)
    return skill.zh, skill.en
