"""A student's own skills as a form: claimed levels, and certified ones that only a mentor changes."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.web.forms import Form
from api.web.i18n import gettext
from domain.matching.taxonomy import Skill, Taxonomy
from domain.students import MOST_SKILLS
from infra.queries.students import OwnSkill

FIRST_LEVEL = 2


@dataclass(frozen=True, slots=True)
class SkillLevel:
    """A row: a claim below the certified level says nothing."""

    skill: Skill
    level: int
    certified: int


@dataclass(frozen=True, slots=True)
class SkillLevels:
    """What the form shows."""

    rows: tuple[SkillLevel, ...]

    @property
    def claimed(self) -> dict[str, int]:
        """The levels that the student claims for themselves, by code."""
        return {row.skill.code: row.level for row in self.rows if row.level > row.certified}


def levels_of(held: Mapping[str, OwnSkill], taxonomy: Taxonomy) -> SkillLevels:
    """The skills as they are kept, the highest first."""
    rows = [
        SkillLevel(taxonomy.skill(code), one.level, one.level if one.certified else 0)
        for code, one in held.items()
        if code in taxonomy
    ]
    return SkillLevels(tuple(sorted(rows, key=lambda row: (-row.level, row.skill.code))))


def levels_as_typed(form: Form, held: Mapping[str, OwnSkill], taxonomy: Taxonomy) -> SkillLevels:
    """The form as it came back; `do` adds the skill that was named or takes one away.

    A skill that was named and not added yet is saved with the others.
    """
    act, _, value = form.raw("do").partition(":")
    rows: dict[str, SkillLevel] = {}
    for code in dict.fromkeys(form.rows("skill")):
        own = held.get(code)
        certified = own.level if own and own.certified else 0
        if code in taxonomy and not (act == "remove" and code == value and not certified):
            level = max(certified, form.whole(f"level.{code}", 1, 5, FIRST_LEVEL))
            rows[code] = SkillLevel(taxonomy.skill(code), level, certified)
    if act == "find" or (act == "save" and form.raw("skill_query")):
        _add(form, rows, taxonomy)
    return SkillLevels(tuple(rows.values()))


def _add(form: Form, rows: dict[str, SkillLevel], taxonomy: Taxonomy) -> None:
    found = taxonomy.find(form.raw("skill_query"))
    if found is None:
        form.refuse("skill_query", gettext("No skill is called that. Pick one of the list."))
    elif len(rows) >= MOST_SKILLS:
        form.refuse("skill_query", gettext("Sixty skills are enough: take one away first."))
    else:
        rows.setdefault(found.code, SkillLevel(found, FIRST_LEVEL, 0))
