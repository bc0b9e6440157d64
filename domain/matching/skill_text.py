"""From free text to skills: the names that occur in it, in Chinese, English or both, with levels and places.

The longest name wins where names overlap. A name must stand as a word (`AI` is not in `paint`), may be plural
(`PLCs`), and hyphens, spaces and widths do not matter. What a clause says is not needed is left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from domain.matching.normal_text import Normal, is_word, normalise
from domain.matching.taxonomy import Taxonomy

DEFAULT_LEVEL = 3
_CLAUSE = re.compile(r"[^。;!?\n,]+")
_PLURAL = re.compile(r"e?s(?![^\W_\u3400-\u9fff])")

# A negation reaches over a few characters to the next name, and on through an enumeration.
_NOT_BEFORE = re.compile(
    r"(?:不需要|不需|无需|无须|不用(?!停)|不要|不必|不涉及|不包括|不考虑|不是|而非|并非|不做)[^但而]{0,6}$"
    r"|\b(?:do not|don't|does not|doesn't|need not|not) (?:need|require|want|use|involve|include)\b.{0,24}$"
    r"|\b(?:no need (?:for|of|to)|rather than|instead of|except)\b.{0,16}$"
    r"|\b(?:not|without)\b.{0,8}$"
)
_NO_BEFORE = re.compile(r"\bno .{0,8}$")
_NO_AFTER = re.compile(r"^.{0,16}\b(?:required|needed|necessary|work|experience|knowledge|skills?|coding)\b")
_NOT_AFTER = re.compile(
    r"^.{0,6}(?:不需要|不要求|不作要求|没有要求|没要求|不必|不用|除外)"
    r"|^.{0,15}\b(?:is|are) not (?:needed|required|necessary)\b"
)
_TOGETHER = re.compile(r"(?:、|/|&|\+|和|与|及|或|以及| and | or |都|也)*")
_LEVEL_CUES = (
    (5, re.compile(r"精通|专家|资深|\bexpert|\bmaster(?:y|s)\b")),
    (4, re.compile(r"熟练|高级|丰富|\badvanced\b|\bproficient\b|\bstrong\b|\bsenior\b")),
    (3, re.compile(r"熟悉|掌握|\bfamiliar\b|\bsolid\b|\bgood\b")),
    (2, re.compile(r"基础|基本|简单|了解|\bbasics?\b|\bbasic knowledge\b|\bsimple\b")),
    (1, re.compile(r"入门|零基础|接触过|\bbeginner\b|\bintroductory\b")),
)
_CUE_BEFORE, _CUE_AFTER = 20, 6


@dataclass(frozen=True, slots=True)
class Span:
    """Where a name stands: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A skill that a text seems to ask for, the level that its words suggest (3 without a hint), where."""

    skill: str
    level: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Name:
    start: int
    end: int
    skill: str


class SkillReader:
    """Finds a taxonomy's names in texts. Make one for each taxonomy and keep it; it never changes."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._skills: dict[str, str] = {}
        self._acronyms: set[str] = set()
        for skill in taxonomy:
            for name in skill.names:
                normal = normalise(name).text
                self._skills.setdefault(normal, skill.code)
                if name.isupper():
                    self._acronyms.add(normal)
        lengths: dict[str, set[int]] = {}
        for name in self._skills:
            lengths.setdefault(name[0], set()).add(len(name))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def suggest(self, text: str) -> list[Suggestion]:
        """The skills that a text asks for, in the order of their first place."""
        normal = normalise(text)
        found: dict[str, list[tuple[int, Span]]] = {}
        for clause in _CLAUSE.finditer(normal.text):
            names = list(self._names(normal, *clause.span()))
            for name, negated in zip(names, _negations(clause, names), strict=True):
                if not negated:
                    place = (_level(clause, name, names), _original(normal, name))
                    found.setdefault(name.skill, []).append(place)
        return [
            Suggestion(skill, max(level for level, _ in places), tuple(span for _, span in places))
            for skill, places in found.items()
        ]

    def _names(self, normal: Normal, start: int, stop: int) -> Iterator[_Name]:
        """The names between `start` and `stop`, the longest at each place, without overlaps."""
        position = start
        while position < stop:
            name = self._longest(normal, position, stop)
            if name is not None:
                yield name
            position = position + 1 if name is None else name.end

    def _longest(self, normal: Normal, start: int, stop: int) -> _Name | None:
        text = normal.text
        if start > 0 and is_word(text[start]) and is_word(text[start - 1]):
            return None
        for length in self._lengths.get(text[start], ()):
            end = start + length
            skill = self._skills.get(text[start:end]) if end <= stop else None
            whole = self._word_end(normal, start, end, stop) if skill is not None else None
            if skill is not None and whole is not None:
                return _Name(start, whole, skill)
        return None

    def _word_end(self, normal: Normal, start: int, end: int, stop: int) -> int | None:
        """Where the word that holds a name ends: with the name or its plural; None where it goes on.

        The plural of an acronym keeps its capitals: `DOEs`, but not `does`.
        """
        text = normal.text
        if not is_word(text[end - 1]) or end == stop or not is_word(text[end]):
            return end
        if text[start:end] in self._acronyms and not normal.shown(start, end).isupper():
            return None
        plural = _PLURAL.match(text, end, stop)
        return plural.end() if plural else None


def _negations(clause: re.Match[str], names: Sequence[_Name]) -> list[bool]:
    """Which names a clause says are not needed; a negation holds for a whole enumeration."""
    text = clause.string
    negated = []
    for name in names:
        before, after = text[clause.start() : name.start], text[name.end : clause.end()]
        lacking = _NO_BEFORE.search(before) and _NO_AFTER.search(after)
        negated.append(bool(_NOT_BEFORE.search(before) or _NOT_AFTER.search(after) or lacking))
    joined = [_TOGETHER.fullmatch(text, one.end, other.start) is not None for one, other in pairwise(names)]
    for place, together in enumerate(joined):
        negated[place + 1] |= together and negated[place]
    for place in range(len(joined) - 1, -1, -1):
        trails = _NOT_AFTER.search(text[names[place + 1].end : clause.end()]) is not None
        negated[place] |= joined[place] and trails
    return negated


def _level(clause: re.Match[str], name: _Name, names: Sequence[_Name]) -> int:
    """The level that the words beside a name suggest, the default where they suggest none."""
    text = clause.string
    others = [other.end for other in names if other.end <= name.start]
    since = max([clause.start(), name.start - _CUE_BEFORE, *others])
    nexts = [other.start for other in names if other.start >= name.end]
    until = min([clause.end(), name.end + _CUE_AFTER, *nexts])
    for beside in (text[name.end : until], text[since : name.start]):
        for level, cue in _LEVEL_CUES:
            if cue.search(beside):
                return level
    return DEFAULT_LEVEL


def _original(normal: Normal, name: _Name) -> Span:
    return Span(*normal.place(name.start, name.end))
