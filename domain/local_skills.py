"""Skills that an installation adds to the shipped taxonomy, because its plants have words of their own."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from domain.aggregate import Aggregate
from domain.errors import Conflict, Invalid, NotFound
from domain.events import SkillAdded, SkillChanged
from domain.matching.taxonomy import Side, Skill, Taxonomy, fold

CODE = re.compile(r"local-[a-z0-9]+(-[a-z0-9]+)*")
MOST_CODE = 80


class SkillNameTaken(Invalid):
    """A name or alias already belongs to a skill, or is there twice."""

    code = "skill_name_taken"


@dataclass(frozen=True, slots=True)
class SkillWords:
    """What a local skill is called, whether it is of the shop floor or of computing, and its group."""

    zh: str
    en: str
    aliases: tuple[str, ...]
    side: Side
    group: str


@dataclass(kw_only=True)
class LocalSkill(Aggregate):
    """A skill under a code that begins with `local-`. The code never changes, and nobody removes a skill that
    people may have.
    """

    name: ClassVar[str] = "skill"

    code: str
    words: SkillWords

    @classmethod
    def add(cls, id: str, code: str, words: SkillWords) -> "LocalSkill":
        """A new one. Raises Invalid for a code that is none."""
        if len(code) > MOST_CODE or not CODE.fullmatch(code):
            raise Invalid(field="code", reason="not a local code", value=code)
        skill = cls(id=id, code=code, words=words)
        skill.record(SkillAdded(code=code))
        return skill

    def change(self, words: SkillWords) -> None:
        """Call it something else, or put it into another group."""
        if words != self.words:
            self.words = words
            self.record(SkillChanged(code=self.code))

    def in_tree(self, taxonomy: Taxonomy) -> Skill:
        """The skill with its place in the tree. Raises NotFound for a group that does not exist."""
        words = self.words
        group = taxonomy.nodes.get(words.group)
        if group is None or group.parent is None:
            raise NotFound(field="group", kind="group", id=words.group)
        return Skill(self.code, words.zh, words.en, words.aliases, words.side, group.code, group.parent)


def require_fitting(skill: LocalSkill, others: Iterable[LocalSkill], shipped: Taxonomy) -> None:
    """Check a new or changed skill beside the shipped and the other local ones.

    Raises NotFound for its group, Conflict for its code, and SkillNameTaken naming the field.
    """
    skill.in_tree(shipped)
    taken = {fold(name): known.code for known in shipped for name in (known.code, *known.names)}
    for other in others:
        if other.id == skill.id:
            continue
        if other.code == skill.code:
            raise Conflict(field="code", kind=LocalSkill.name, id=skill.code)
        words = other.words
        taken |= dict.fromkeys(map(fold, (other.code, words.zh, words.en, *words.aliases)), other.code)
    words = skill.words
    aliases = [(f"aliases.{place}", alias) for place, alias in enumerate(words.aliases)]
    for field, name in (("code", skill.code), ("zh", words.zh), ("en", words.en), *aliases):
        folded = fold(name)
        if not folded:
            raise Invalid(field=field, reason="empty")
        owner = taken.get(folded)
        # Both names may be the same word; an alias that repeats one of them says nothing.
        if owner is not None and (owner != skill.code or field.startswith("aliases")):
            raise SkillNameTaken(field=field, name=name, owner=owner)
        taken[folded] = skill.code
