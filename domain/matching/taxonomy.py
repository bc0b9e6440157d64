"""The bilingual tree of industrial skills: families, groups, skills with names and aliases; the trades."""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Self

from domain.matching.errors import InvalidLevel, UnknownSkill
from domain.matching.model import HIGHEST_LEVEL, LOWEST_LEVEL
from domain.matching.normal_text import normalise


class Side(StrEnum):
    """Operational technology (the shop floor) or information technology."""

    OT = "ot"
    IT = "it"


@dataclass(frozen=True, slots=True)
class Node:
    """A family (no parent) or a group (its parent is a family)."""

    code: str
    parent: str | None
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade of manufacturing; the catalogue's facet `industry`."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Skill:
    """A leaf of the tree. Siblings share the group, cousins the family."""

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...]
    side: Side
    group: str
    family: str

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that people call it: both names, then the aliases."""
        return (self.zh, self.en, *self.aliases)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What counts as evidence for a level of the skills of a family, or of a group with words of its own."""

    node: str
    level: int
    zh: str
    en: str


SAME, SIBLING, COUSIN, STRANGER = 1.0, 0.5, 0.25, 0.0


def fold(text: str) -> str:
    """The form in which names are compared: full-width as half-width, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class Taxonomy:
    """An immutable tree of skills; the order of its skills is fixed, so that a skill has an index.

    Build one with `load`, which checks the data; `version` changes whenever the data does.
    """

    def __init__(
        self,
        version: str,
        nodes: Iterable[Node],
        skills: Iterable[Skill],
        trades: Iterable[Trade] = (),
        evidence: Iterable[Evidence] = (),
    ) -> None:
        self.version = version
        self.nodes: dict[str, Node] = {node.code: node for node in nodes}
        self.skills: tuple[Skill, ...] = tuple(skills)
        self.trades: tuple[Trade, ...] = tuple(trades)
        self._evidence = {(one.node, one.level): one for one in evidence}
        self._index = {skill.code: position for position, skill in enumerate(self.skills)}

    @classmethod
    def load(cls) -> Self:
        """The shipped data, validated. Raises TaxonomyError with the file and line of the first mistake."""
        from domain.matching.taxonomy_data import read_shipped  # it builds on this module's classes

        data = read_shipped()
        return cls(data.version, data.nodes, data.skills, data.trades, data.evidence)

    def extended(self, local: Sequence[Skill]) -> "Taxonomy":
        """This taxonomy with an installation's own skills behind its own, under a version of its own.

        Raises TaxonomyError for a code or name that is taken or a group that does not exist; its line is the
        number of the skill.
        """
        from domain.matching.taxonomy_data import VERSION_LENGTH, check_local

        check_local(self.skills, self.nodes, local)
        digest = hashlib.sha256(repr((self.version, tuple(local))).encode()).hexdigest()
        return Taxonomy(
            digest[:VERSION_LENGTH],
            self.nodes.values(),
            (*self.skills, *local),
            self.trades,
            self._evidence.values(),
        )

    def evidence(self, code: str, level: int) -> Evidence:
        """What counts for a level of a skill: its group's words, else its family's.

        Raises UnknownSkill, and InvalidLevel for a level of which nothing is said.
        """
        skill = self.skill(code)
        for node in (skill.group, skill.family):
            found = self._evidence.get((node, level))
            if found is not None:
                return found
        raise InvalidLevel(level, LOWEST_LEVEL, HIGHEST_LEVEL)

    def skill(self, code: str) -> Skill:
        """The skill with this code. Raises UnknownSkill."""
        return self.skills[self.index_of(code)]

    def index_of(self, code: str) -> int:
        """The skill's position in the taxonomy's order. Raises UnknownSkill."""
        try:
            return self._index[code]
        except KeyError:
            raise UnknownSkill(code) from None

    def find(self, text: str) -> Skill | None:
        """The skill whose code, name or alias this is, whatever its case, width, hyphens and spaces."""
        return self._by_name.get(normalise(text).text)

    def family(self, code: str) -> tuple[Skill, ...]:
        """The skills of a family, none where there is no such family."""
        return self._families.get(code, ())

    def similarity(self, a: str, b: str) -> float:
        """1 for the same skill, 0.5 for siblings, 0.25 for cousins, else 0. Raises UnknownSkill."""
        one, other = self.skill(a), self.skill(b)
        if one.code == other.code:
            return SAME
        if one.group == other.group:
            return SIBLING
        return COUSIN if one.family == other.family else STRANGER

    def __contains__(self, code: object) -> bool:
        return code in self._index

    def __iter__(self) -> Iterator[Skill]:
        return iter(self.skills)

    def __len__(self) -> int:
        return len(self.skills)

    def indexes_in(self, node: str) -> tuple[int, ...]:
        """The positions of the skills of a family or group, none where there is no such node."""
        return self._indexes.get(node, ())

    @cached_property
    def _indexes(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for position, skill in enumerate(self.skills):
            for node in (skill.family, skill.group):
                found.setdefault(node, []).append(position)
        return {node: tuple(positions) for node, positions in found.items()}

    @cached_property
    def _families(self) -> dict[str, tuple[Skill, ...]]:
        members: dict[str, list[Skill]] = {}
        for skill in self.skills:
            members.setdefault(skill.family, []).append(skill)
        return {code: tuple(skills) for code, skills in members.items()}

    @cached_property
    def _by_name(self) -> dict[str, Skill]:
        return {normalise(name).text: skill for skill in self.skills for name in (skill.code, *skill.names)}
