"""Posting lists over blocks of rows: for each skill at each level the rows that have it, two bytes a posting.

A list for each level (an impact-ordered index: Anh and Moffat, 2006) has one credit for all its rows, so that
a query need not read the levels, nor any list whose credit is too small to matter.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.matching.compiled import compiled
from domain.matching.facts import facts_fit, facts_of
from domain.matching.table import Steps, Table
from domain.matching.words import CODE_BITS

BLOCK_BITS = 16
BLOCK = 1 << BLOCK_BITS
FAMILY_BITS = 32
PART = BLOCK // 4  # of a block, which is turned round in one step


@dataclass(frozen=True, slots=True)
class Postings:
    """The words of a table turned round.

    `rows[bounds[b, w]:bounds[b, w + 1]]` are the rows, within block `b` (65,536 rows) and in order, that have
    the word `w`: a skill at a level. `families[row]` has a bit for each family (modulo 32) of the row's
    skills, so that a clear bit proves that the row has no skill of the family. `facts[row]` is what
    `facts_of` says.
    """

    bounds: NDArray[np.int32]
    rows: NDArray[np.uint16]
    families: NDArray[np.uint32]
    facts: NDArray[np.int64]

    @classmethod
    def making(cls, table: Table, family_of_skill: NDArray[np.uint16]) -> "Steps[Postings | None]":
        """Turn round the words of a table in short steps; `family_of_skill` numbers each skill's family.

        None where the rows' facts do not fit.
        """
        if not facts_fit(table):
            return None
        teams, starts, words = len(table), table.starts, table.ragged["words"]
        blocks = (teams + BLOCK - 1) >> BLOCK_BITS
        bounds = np.zeros((blocks, (len(family_of_skill) << CODE_BITS) + 1), dtype=np.int32)
        rows = np.empty(len(words), dtype=np.uint16)
        families = np.empty(teams, dtype=np.uint32)
        facts = np.empty(teams, dtype=np.int64)
        for block in range(blocks):
            yield
            first, last = block << BLOCK_BITS, min(teams, (block + 1) << BLOCK_BITS)
            facts[first:last] = facts_of(table, slice(first, last))
            yield
            ends = _count(starts, words, first, last, bounds[block])
            for part in range(first, last, PART):
                yield
                until = min(part + PART, last)
                _turn_round(starts, words, family_of_skill, first, part, until, ends, rows, families)
        return cls(bounds, rows, families, facts)

    @property
    def nbytes(self) -> int:
        """The memory of all arrays in bytes."""
        return self.bounds.nbytes + self.rows.nbytes + self.families.nbytes + self.facts.nbytes


@compiled
def _count(
    starts: NDArray[np.int32], words: NDArray[np.uint16], first: int, last: int, bounds: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Fill the bounds of the block of rows from `first` to `last`; where each list begins."""
    for cell in range(starts[first], starts[last]):
        bounds[words[cell] + 1] += 1
    bounds[0] = starts[first]
    for word in range(len(bounds) - 1):
        bounds[word + 1] += bounds[word]
    return bounds.copy()


@compiled
def _turn_round(
    starts: NDArray[np.int32],
    words: NDArray[np.uint16],
    family_of_skill: NDArray[np.uint16],
    block: int,
    first: int,
    last: int,
    ends: NDArray[np.int32],
    rows: NDArray[np.uint16],
    families: NDArray[np.uint32],
) -> None:
    """Add the rows from `first` to `last` of the block that starts at `block` at the `ends` of their lists.

    Lists stay in order because rows are visited in order.
    """
    for row in range(first, last):
        bits = np.uint32(0)
        for cell in range(starts[row], starts[row + 1]):
            word = words[cell]
            rows[ends[word]] = row - block
            ends[word] += 1
            family = family_of_skill[word >> CODE_BITS] % FAMILY_BITS
            bits |= np.uint32(1) << np.uint32(family)
        families[row] = bits
