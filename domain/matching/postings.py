"""Posting lists over blocks of rows: for each skill the rows that have it, at three bytes a posting."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.matching.compiled import compiled
from domain.matching.words import CODE_BITS, CODE_MASK

BLOCK_BITS = 16
BLOCK = 1 << BLOCK_BITS
FAMILY_BITS = 64


@dataclass(frozen=True, slots=True)
class Postings:
    """The words of a table turned round.

    `bounds[b, s]:bounds[b, s + 1]` are the postings of skill `s` in block `b` (65,536 rows), in the order of
    the rows: `rows` within the block and level `codes`. `families[row]` has a bit for each family (modulo 64)
    of the row's skills, so that a clear bit proves that the row has no skill of the family.
    """

    bounds: NDArray[np.int32]
    rows: NDArray[np.uint16]
    codes: NDArray[np.uint8]
    families: NDArray[np.uint64]

    @classmethod
    def of(
        cls, starts: NDArray[np.int32], words: NDArray[np.uint16], family_of_skill: NDArray[np.uint8]
    ) -> "Postings":
        """Turn round the words of a table; `family_of_skill` numbers the family of each skill."""
        blocks = (len(starts) - 1 + BLOCK - 1) >> BLOCK_BITS
        bounds = np.zeros((blocks, len(family_of_skill) + 1), dtype=np.int32)
        rows = np.empty(len(words), dtype=np.uint16)
        codes = np.empty(len(words), dtype=np.uint8)
        families = np.zeros(len(starts) - 1, dtype=np.uint64)
        _turn_round(starts, words, family_of_skill, bounds, rows, codes, families)
        return cls(bounds, rows, codes, families)

    @property
    def nbytes(self) -> int:
        """The memory of all arrays in bytes."""
        return self.bounds.nbytes + self.rows.nbytes + self.codes.nbytes + self.families.nbytes


@compiled
def _turn_round(
    starts: NDArray[np.int32],
    words: NDArray[np.uint16],
    family_of_skill: NDArray[np.uint8],
    bounds: NDArray[np.int32],
    rows: NDArray[np.uint16],
    codes: NDArray[np.uint8],
    families: NDArray[np.uint64],
) -> None:
    """A counting sort by (block, skill); rows stay in order because they are visited in order."""
    teams, skills = len(starts) - 1, bounds.shape[1] - 1
    for block in range(bounds.shape[0]):
        first, last = block << BLOCK_BITS, min(teams, (block + 1) << BLOCK_BITS)
        for cell in range(starts[first], starts[last]):
            bounds[block, (words[cell] >> CODE_BITS) + 1] += 1
        bounds[block, 0] = starts[first]
        for skill in range(skills):
            bounds[block, skill + 1] += bounds[block, skill]
        ends = bounds[block].copy()
        for row in range(first, last):
            bits = np.uint64(0)
            for cell in range(starts[row], starts[row + 1]):
                skill = words[cell] >> CODE_BITS
                place = ends[skill]
                ends[skill] = place + 1
                rows[place] = row - first
                codes[place] = words[cell] & CODE_MASK
                bits |= np.uint64(1) << np.uint64(family_of_skill[skill])
            families[row] = bits
