"""What each row of a block can score at most, from the lists of the skills that earn much.

A query reads the lists of the required skills and of those skills and levels that earn half credit, block by
block (a block fits the processor's cache), into one byte a required skill and row: the best credit, rounded
up. A list has one credit for all its rows, and lists are read from the least credit to the most, so a byte is
just overwritten. What earns less is not read: a row may earn the most of that (`far`), if a bit says that it
has a skill of the family at all. Coverage and the row's own focus are the bound; balance, hours and place are
added by those who compare.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.matching.compiled import compilable
from domain.matching.kinship import KINDS, SAME, UNRELATED
from domain.matching.postings import BLOCK, BLOCK_BITS
from domain.matching.score import FOCUS_THRESHOLD
from domain.matching.team_query import Bools, Ints, Points, Query, Teams
from domain.matching.words import CODE_BITS, CODES

FULL = 255  # full credit in a byte
CHUNK = 4096  # rows whose bounds are summed together, so that they stay at hand


class Lines(NamedTuple):
    """The lists to read, one after the other: what the rows of `word` earn towards `need`, in bytes.

    For each need the lines come in ascending order of credit, so that the last one written is the best.
    `counted` marks one line of each word. `far[j]` is the most that skills of no line earn towards `j`.
    """

    need: Ints
    word: Ints
    credit: NDArray[np.uint8]
    counted: Bools
    far: NDArray[np.uint8]


class Block(NamedTuple):
    """What is known of the rows of one block. The first axis of `credit` is the required skill."""

    credit: NDArray[np.uint8]
    counts: NDArray[np.uint8]
    met: NDArray[np.uint8]
    bound: NDArray[np.float32]
    points: Points


@compilable
def lines_of(query: Query) -> Lines:
    """The lists that a query reads, and the most that it leaves unread; none where points are `summed`."""
    needs, skills = 0 if query.summed else len(query.weights), len(query.kinds)
    members = np.empty((needs, KINDS, skills), dtype=np.int32)
    sizes = np.zeros((needs, KINDS), dtype=np.int32)
    size = 0 if query.summed else sort_skills(query, members, sizes)
    lines = Lines(
        np.empty(size, dtype=np.int32),
        np.empty(size, dtype=np.int32),
        np.empty(size, dtype=np.uint8),
        np.zeros(size, dtype=np.bool_),
        np.zeros(needs, dtype=np.uint8),
    )
    known = np.zeros(skills << CODE_BITS, dtype=np.bool_)
    size = 0
    for need in range(needs):
        for place in query.order[need]:
            kind, code = place // CODES, place % CODES
            earns = query.earned[need, kind, code]
            if sizes[need, kind] == 0 or earns == 0:
                continue
            rounded = np.uint8(np.ceil(earns * FULL))
            if not is_read(kind, earns):
                lines.far[need] = rounded
                continue
            for member in range(sizes[need, kind]):
                word = members[need, kind, member] << CODE_BITS | code
                lines.need[size], lines.word[size], lines.credit[size] = need, word, rounded
                if earns >= FOCUS_THRESHOLD and not known[word]:
                    lines.counted[size] = known[word] = True
                size += 1
    return lines


@compilable
def sort_skills(query: Query, members: Ints, sizes: Ints) -> int:
    """Sort the skills by what they are to each need; how many lists that makes."""
    for skill in range(len(query.kinds)):
        for need in range(len(query.weights)):
            kind = query.kinds[skill, need]
            if kind != UNRELATED:
                members[need, kind, sizes[need, kind]] = skill
                sizes[need, kind] += 1
    lists = 0
    for need in range(len(query.weights)):
        for kind in range(KINDS):
            for code in range(CODES):
                if is_read(kind, query.earned[need, kind, code]):
                    lists += sizes[need, kind]
    return lists


@compilable
def is_read(kind: int, earns: float) -> bool:
    """Whether skills of a kind that earn so much are worth lists of their own."""
    return earns >= FOCUS_THRESHOLD or (kind == SAME and earns > 0)


@compilable
def room(teams: Teams, query: Query) -> Block:
    """Room for what is known of one block."""
    width = min(len(teams.starts) - 1, BLOCK)
    return Block(
        np.empty((len(query.weights), width), dtype=np.uint8),
        np.empty(width, dtype=np.uint8),
        np.empty(width, dtype=np.uint8),
        np.empty(CHUNK, dtype=np.float32),
        np.empty(width, dtype=np.uint8),
    )


@compilable
def read_block(
    teams: Teams, query: Query, lines: Lines, block: Block, point: float, number: int, width: int
) -> Points:
    """One more than the bound of each row of a block, in points; 0 where a mandatory skill is missing."""
    first = number << BLOCK_BITS
    read_lists(teams, lines, block, number, width)
    read_gates(teams, query, block, number, width)
    for start in range(0, width, CHUNK):
        bound_rows(teams, query, lines, block, point, first, start, min(start + CHUNK, width))
    return block.points[:width]


@compilable
def read_lists(teams: Teams, lines: Lines, block: Block, number: int, width: int) -> None:
    """Best credits, and how many useful skills."""
    counts = block.counts
    counts[:width] = 0
    for need in range(len(lines.far)):
        block.credit[need, :width] = 0
    for line in range(len(lines.word)):
        word = lines.word[line]
        first, last = teams.bounds[number, word], teams.bounds[number, word + 1]
        best, credit = block.credit[lines.need[line]], lines.credit[line]
        if lines.counted[line]:
            for place in range(first, last):
                row = teams.rows[place]
                best[row] = credit
                counts[row] += 1
        else:
            for place in range(first, last):
                best[teams.rows[place]] = credit


@compilable
def read_gates(teams: Teams, query: Query, block: Block, number: int, width: int) -> None:
    """How many mandatory skills."""
    met = block.met
    met[:width] = 0
    for gate in range(len(query.required)):
        for code in range(CODES):
            if query.fulfils[gate, code]:
                word = query.required[gate] << CODE_BITS | code
                for place in range(teams.bounds[number, word], teams.bounds[number, word + 1]):
                    met[teams.rows[place]] += 1


@compilable
def bound_rows(
    teams: Teams,
    query: Query,
    lines: Lines,
    block: Block,
    point: float,
    base: int,
    first: int,
    last: int,
) -> None:
    """The bounds of the rows from `first` to `last` of the block that starts at `base`."""
    bound, points = block.bound[: last - first], block.points[first:last]
    families = teams.families[base + first : base + last]
    bound[:] = 0
    for need in range(len(query.weights)):
        factor = np.float32(query.coverage * query.weights[need] / FULL)
        best, far = block.credit[need, first:last], np.float32(lines.far[need])
        if far == 0:
            for row in range(last - first):
                bound[row] += factor * np.float32(best[row])
        else:
            family = np.uint32(1) << np.uint32(query.families[need])
            for row in range(last - first):
                distant = far if families[row] & family else np.float32(0)
                bound[row] += factor * max(np.float32(best[row]), distant)
    focus, per_point = np.float32(query.focus), np.float32(1 / point)
    counts, starts = block.counts[first:last], teams.starts[base + first : base + last + 1]
    for row in range(last - first):
        distinct = max(np.int32(1), starts[row + 1] - starts[row])
        bound[row] += focus * (np.float32(counts[row]) / np.float32(distinct))
        points[row] = np.uint8(np.int32(bound[row] * per_point) + 2)
    if len(query.required) > 0:
        met = block.met[first:last]
        for row in range(last - first):
            if met[row] != len(query.required):
                points[row] = 0
