"""What each row of a block can score at most where nothing stands in for a required skill.

Then a row is in at most one list of each required skill, and what its lists add to coverage just adds up. A
need reads its own lists and nothing else, so reading them is most of the work: one byte a row takes
the sum (a block of them stays in the processor's nearest cache), and rows are looked at again many at a time.
"""

from typing import NamedTuple

import numpy as np

from domain.matching.compiled import compilable
from domain.matching.kinship import SAME
from domain.matching.postings import BLOCK
from domain.matching.team_query import Ints, Points, Query, Teams
from domain.matching.words import CODE_BITS, CODES


class Lists(NamedTuple):
    """The lists to read, one after the other: the points that the rows of `word` get."""

    word: Ints
    points: Points


class Sums(NamedTuple):
    """Room for the points of the rows of one block, twice: the second half for those who pass a gate."""

    points: Points
    passed: Points


@compilable
def lists_of(query: Query, point: float) -> Lists:
    """The lists of the required skills at the levels that earn something."""
    size = 0
    words = np.empty(len(query.wanted) * CODES, dtype=np.int32)
    points = np.empty(len(query.wanted) * CODES, dtype=np.uint8)
    for need in range(len(query.wanted)):
        for code in range(CODES):
            earns = query.coverage * query.weights[need] * query.earned[need, SAME, code]
            if earns > 0:
                words[size] = query.wanted[need] << CODE_BITS | code
                points[size] = np.ceil(earns / point)
                size += 1
    return Lists(words[:size], points[:size])


@compilable
def room_for_sums(teams: Teams) -> Sums:
    """Room for one block."""
    width = min(len(teams.starts) - 1, BLOCK)
    return Sums(np.empty(width, dtype=np.uint8), np.empty(width, dtype=np.uint8))


@compilable
def sum_block(teams: Teams, query: Query, lists: Lists, sums: Sums, number: int, width: int) -> Points:
    """One more than the points of each row of a block; 0 where a mandatory skill is missing."""
    points, passed = sums.points[:width], sums.passed[:width]
    points[:] = 1
    for line in range(len(lists.word)):
        word, more = lists.word[line], lists.points[line]
        for row in teams.rows[teams.bounds[number, word] : teams.bounds[number, word + 1]]:
            points[row] += more
    for gate in range(len(query.required)):
        passed[:] = 0
        for code in range(CODES):
            if query.fulfils[gate, code]:
                word = query.required[gate] << CODE_BITS | code
                for row in teams.rows[teams.bounds[number, word] : teams.bounds[number, word + 1]]:
                    passed[row] = points[row]
        points, passed = passed, points
    return points
