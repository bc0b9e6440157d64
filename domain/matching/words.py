"""A team's level of one skill in sixteen bits, so that ten million of them are read fast.

Eleven bits of skill index and five bits of level code. A self-rated level at or below the certified one earns
nothing more (uncertified levels earn at most full credit), so twenty level codes say all that scores need.
"""

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.matching.errors import TaxonomyTooLarge
from domain.matching.model import HIGHEST_LEVEL, Levels
from domain.matching.profile import pack_levels, unpack_item
from domain.matching.taxonomy import Taxonomy

CODE_BITS: Final = 5
CODES: Final = 1 << CODE_BITS
CODE_MASK: Final = CODES - 1
MAX_SKILLS: Final = 1 << (16 - CODE_BITS)
NO_WORD: Final = -1

K = TypeVar("K")
V = TypeVar("V")

LEVELS_OF_CODE: Final[tuple[Levels, ...]] = tuple(
    Levels(certified, self_rated)
    for certified in range(HIGHEST_LEVEL + 1)
    for self_rated in (0, *range(certified + 1, HIGHEST_LEVEL + 1))
    if certified or self_rated
)
_CODE_OF_LEVELS: Final = {levels: code for code, levels in enumerate(LEVELS_OF_CODE)}
BEST_OF_CODE: Final[NDArray[np.int8]] = np.array(
    [levels.best for levels in LEVELS_OF_CODE] + [0] * (CODES - len(LEVELS_OF_CODE)), dtype=np.int8
)


def pack_word(skill: int, levels: Levels) -> int:
    """The word of a skill's index and levels, of which one is above 0."""
    self_rated = levels.self_rated if levels.self_rated > levels.certified else 0
    return skill << CODE_BITS | _CODE_OF_LEVELS[Levels(levels.certified, self_rated)]


def unpack_word(word: int) -> tuple[int, Levels]:
    """The skill's index and the levels that count: a self-rated level only above the certified one."""
    return word >> CODE_BITS, LEVELS_OF_CODE[word & CODE_MASK]


@dataclass(slots=True)
class Words:
    """The words of many teams, one team after the other, and how many each has."""

    cells: "array[int]" = field(default_factory=lambda: array("H"))
    counts: "array[int]" = field(default_factory=lambda: array("i"))

    def add(self, words: list[int]) -> None:
        """The words of the next team."""
        self.cells.extend(words)
        self.counts.append(len(words))


class Remembered(dict[K, V]):
    """A function's values by argument, each worked out once; looking one up costs no call."""

    def __init__(self, function: Callable[[K], V]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, key: K) -> V:
        value = self[key] = self._function(key)
        return value


class WordCoder:
    """Encodes skills for one taxonomy. Skills that it does not know, and levels 0, leave no word."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        if len(taxonomy) > MAX_SKILLS:
            raise TaxonomyTooLarge(len(taxonomy), MAX_SKILLS)
        self._taxonomy = taxonomy
        self._of_item = Remembered(self._word_of_item)
        self._of_skill = Remembered(self._word)

    def encode(self, skills: Mapping[str, Levels]) -> list[int]:
        """The words of levels by skill code. Raises InvalidLevel."""
        return [word for word in map(self._of_skill.__getitem__, skills.items()) if word != NO_WORD]

    def encode_profile(self, profile: str) -> list[int]:
        """The words of a stored profile. Raises InvalidProfile, InvalidLevel."""
        return [word for word in map(self._of_item.__getitem__, profile.split()) if word != NO_WORD]

    def _word_of_item(self, item: str) -> int:
        return self._word(unpack_item(item))

    def _word(self, skill: tuple[str, Levels]) -> int:
        code, levels = skill
        pack_levels(levels)  # refuses what no level is
        known = code in self._taxonomy and levels.best > 0
        return pack_word(self._taxonomy.index_of(code), levels) if known else NO_WORD
