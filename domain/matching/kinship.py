"""How near the skills of a taxonomy are to each other, over arrays."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from domain.matching.taxonomy import Side, Taxonomy

UNRELATED: Final = 0
COUSIN: Final = 1
SIBLING: Final = 2
SAME: Final = 3
KINDS: Final = 4


@dataclass(frozen=True, slots=True)
class Kinship:
    """The family, the group and the side of each skill, by the skill's index."""

    families: NDArray[np.uint16]
    groups: NDArray[np.uint16]
    ot: NDArray[np.bool_]

    @classmethod
    def of(cls, taxonomy: Taxonomy) -> Self:
        """The tree of a taxonomy."""
        return cls(
            _numbers(skill.family for skill in taxonomy),
            _numbers(skill.group for skill in taxonomy),
            np.array([skill.side is Side.OT for skill in taxonomy], dtype=np.bool_),
        )

    def kinds(self, wanted: NDArray[np.int32], substitutes: bool) -> NDArray[np.uint8]:
        """What each skill (a column) is to each wanted one (a row); only `SAME` without substitutes."""
        kinds = np.zeros((len(wanted), len(self.families)), dtype=np.uint8)
        if substitutes:
            kinds += self.families == self.families[wanted, np.newaxis]
            kinds += self.groups == self.groups[wanted, np.newaxis]
        kinds[np.arange(len(wanted)), wanted] = SAME
        return kinds


def _numbers(names: Iterable[str]) -> NDArray[np.uint16]:
    """Equal numbers for equal names."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.uint16)
