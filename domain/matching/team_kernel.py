"""The exact ranking of many teams in a few milliseconds.

  1. The lists of the required skills and of those near enough to earn half credit are read, block by block
     (a block fits the processor's cache), into one byte a skill and row: the best credit, rounded up.
  2. These bytes bound what a row can score: coverage with what its more distant skills might earn (only where
     a bit says that it has one of the family) and its own focus, without balance, hours and place.
  3. Rows whose bound with the full balance and their own hours and place reaches the k-th best score so far
     are scored; in the first block those with the highest bounds first, so that the bar is high early.
Scores come from a row's own skills, by the same operations in the same order as `score`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.matching.compiled import compilable, compiled
from domain.matching.heap import offer
from domain.matching.postings import BLOCK, BLOCK_BITS
from domain.matching.words import CODE_BITS, CODE_MASK

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

FULL = 255  # full credit in a byte
CHUNK = 4096  # rows whose bounds are summed together, so that they stay at hand
BINS = 1024
SEEDS = 8  # rows scored first for each place of the ranking
SLACK = 1e-5  # more than the rounding of the bounds, which are single floats
NEVER = np.float32(-1.0)


class Teams(NamedTuple):
    """A table of teams and its posting lists."""

    starts: Ints
    words: NDArray[np.uint16]
    bounds: Ints
    rows: NDArray[np.uint16]
    codes: NDArray[np.uint8]
    families: NDArray[np.uint64]
    alive: Bools
    available: Bools
    hours: Ints
    places: Ints
    schools: Ints


class Query(NamedTuple):
    """A need's tables. `earned[slot, code, j]` is what a level code of a skill earns towards `j`.

    `near` has a line (required skill, skill) for each list to read, `credits` its level codes' credit in
    bytes and `counts` which of its codes are useful (for one line of each skill). `far[j]` is the most, in
    bytes, that any other skill earns towards `j`, and only skills of the family numbered `families[j]` do.
    `required` are the mandatory skills, `fulfils` the level codes that suffice.
    """

    slots: NDArray[np.int16]
    earned: Floats
    useful: Bools
    weights: Floats
    ot: Bools
    ot_share: float
    coverage: float
    focus: float
    balance: float
    availability: Floats
    site: Floats
    schools: Bools
    near: Ints
    credits: NDArray[np.uint8]
    counts: NDArray[np.uint8]
    far: NDArray[np.uint8]
    families: NDArray[np.uint64]
    required: Ints
    fulfils: NDArray[np.uint8]


class Block(NamedTuple):
    """What is known of the rows of one block. The first axis of `credit` is the required skill."""

    credit: NDArray[np.uint8]
    counts: NDArray[np.uint8]
    met: NDArray[np.uint8]
    bound: NDArray[np.float32]


@compiled
def top_rows(teams: Teams, query: Query, k: int) -> tuple[Floats, Ints]:
    """The scores and rows of the k best rows that pass every gate, in no order."""
    scores = np.empty(k)
    rows = np.empty(k, dtype=np.int32)
    size = 0
    block = room(teams, query)
    for number in range(teams.bounds.shape[0]):
        first = number << BLOCK_BITS
        bounds = read_block(teams, query, block, number)
        seeded = np.inf
        if size < k:
            seeded = reached_by(bounds, SEEDS * k, query.coverage + query.focus)
            size = visit(teams, query, bounds, first, seeded, np.inf, scores, rows, size)
        size = visit(teams, query, bounds, first, 0.0, seeded, scores, rows, size)
    return scores[:size], rows[:size]


@compiled
def rows_from(teams: Teams, query: Query, floor: float) -> tuple[Floats, Ints]:
    """The scores and rows, in the order of the rows, of all that pass every gate and reach `floor`."""
    scores = np.empty(1024)
    rows = np.empty(1024, dtype=np.int32)
    size = 0
    best = np.empty(len(query.weights))
    spare = query.balance + SLACK
    block = room(teams, query)
    for number in range(teams.bounds.shape[0]):
        first = number << BLOCK_BITS
        bounds = read_block(teams, query, block, number)
        for row in range(len(bounds)):
            team = first + row
            if bounds[row] < 0 or not passes(teams, query, team):
                continue
            fixed = query.availability[teams.hours[team]] + query.site[teams.places[team]]
            if bounds[row] + fixed + spare < floor:
                continue
            score = exact_score(teams, query, best, team)
            if score >= floor:
                if size == len(scores):
                    scores = np.append(scores, np.empty_like(scores))
                    rows = np.append(rows, np.empty_like(rows))
                scores[size], rows[size] = score, team
                size += 1
    return scores[:size], rows[:size]


@compilable
def room(teams: Teams, query: Query) -> Block:
    """Room for what is known of one block."""
    width = min(len(teams.starts) - 1, BLOCK)
    return Block(
        np.empty((len(query.weights), width), dtype=np.uint8),
        np.empty(width, dtype=np.uint8),
        np.empty(width, dtype=np.uint8),
        np.empty(width, dtype=np.float32),
    )


@compilable
def read_block(teams: Teams, query: Query, block: Block, number: int) -> NDArray[np.float32]:
    """Steps 1 and 2 for a block: the bounds of its rows."""
    first = number << BLOCK_BITS
    width = min(len(teams.starts) - 1 - first, BLOCK)
    read_lists(teams, query, block, number, width)
    for start in range(0, width, CHUNK):
        bound_rows(teams, query, block, first, start, min(start + CHUNK, width))
    return block.bound[:width]


@compilable
def read_lists(teams: Teams, query: Query, block: Block, number: int, width: int) -> None:
    """Step 1: best credits, how many useful skills, how many mandatory ones."""
    counts, met = block.counts, block.met
    counts[:width] = 0
    for need in range(len(query.weights)):
        block.credit[need, :width] = 0
    for line in range(len(query.near)):
        skill = query.near[line, 1]
        best = block.credit[query.near[line, 0]]
        credit_of, counted = query.credits[line], query.counts[line]
        for place in range(teams.bounds[number, skill], teams.bounds[number, skill + 1]):
            row, code = teams.rows[place], teams.codes[place]
            best[row] = max(best[row], credit_of[code])
            counts[row] += counted[code]
    met[:width] = 0
    for gate in range(len(query.required)):
        skill = query.required[gate]
        for place in range(teams.bounds[number, skill], teams.bounds[number, skill + 1]):
            met[teams.rows[place]] += query.fulfils[gate, teams.codes[place]]


@compilable
def bound_rows(teams: Teams, query: Query, block: Block, base: int, first: int, last: int) -> None:
    """Step 2 for the rows from `first` to `last` of the block that starts at `base`."""
    bound = block.bound[first:last]
    families = teams.families[base + first : base + last]
    bound[:] = 0
    for need in range(len(query.weights)):
        factor = np.float32(query.coverage * query.weights[need] / FULL)
        best, far, bit = block.credit[need, first:last], query.far[need], query.families[need]
        if far == 0:
            for row in range(last - first):
                bound[row] += factor * np.float32(best[row])
        else:
            for row in range(last - first):
                distant = np.uint8((families[row] >> bit) & np.uint64(1)) * far
                bound[row] += factor * np.float32(max(best[row], distant))
    focus = np.float32(query.focus)
    counts, starts = block.counts[first:last], teams.starts[base + first : base + last + 1]
    for row in range(last - first):
        distinct = max(np.int32(1), starts[row + 1] - starts[row])
        bound[row] += focus * (np.float32(counts[row]) / np.float32(distinct))
    if len(query.required) > 0:
        met = block.met[first:last]
        for row in range(last - first):
            if met[row] != len(query.required):
                bound[row] = NEVER


@compilable
def reached_by(bound: NDArray[np.float32], seeds: int, highest: float) -> float:
    """A bound that at least `seeds` rows reach, 0 where there are not as many."""
    step = np.float32(max(highest, SLACK) / BINS)
    histogram = np.zeros(BINS + 2, dtype=np.int32)
    for row in range(len(bound)):
        if bound[row] > 0:
            histogram[min(int(bound[row] / step), BINS + 1)] += 1
    reached = 0
    for place in range(BINS + 1, 0, -1):
        reached += histogram[place]
        if reached >= seeds:
            return float(place * step)
    return 0.0


@compilable
def visit(
    teams: Teams,
    query: Query,
    bounds: NDArray[np.float32],
    first: int,
    low: float,
    high: float,
    scores: Floats,
    rows: Ints,
    size: int,
) -> int:
    """Step 3 for the rows from `first` on with `low <= bound < high`; the new size of the heap."""
    best = np.empty(len(query.weights))
    spare = query.balance + SLACK
    most_spare = spare + query.availability.max() + query.site.max()
    lowest = max(low, scores[0] - most_spare) if size == len(scores) else low
    for row in range(len(bounds)):
        bound = bounds[row]
        if not lowest <= bound < high:
            continue
        team = first + row
        if not passes(teams, query, team):
            continue
        fixed = query.availability[teams.hours[team]] + query.site[teams.places[team]]
        if size == len(scores) and bound + fixed + spare < scores[0]:
            continue
        size = offer(scores, rows, size, exact_score(teams, query, best, team), team)
        if size == len(scores):
            lowest = max(low, scores[0] - most_spare)
    return size


@compilable
def passes(teams: Teams, query: Query, team: int) -> bool:
    """Whether a row lives and passes the gates other than the mandatory skills."""
    if not (teams.alive[team] and teams.available[team]):
        return False
    return bool(query.schools[teams.schools[team]])


@compilable
def exact_score(teams: Teams, query: Query, best: Floats, team: int) -> float:
    """The score of one row. `best` is room for a float for each required skill."""
    best[:] = 0.0
    useful = 0
    for cell in range(teams.starts[team], teams.starts[team + 1]):
        word = teams.words[cell]
        slot = query.slots[word >> CODE_BITS]
        if slot:
            code = word & CODE_MASK
            useful += query.useful[slot, code]
            for need in range(len(best)):
                best[need] = max(best[need], query.earned[slot, code, need])
    coverage = 0.0
    earned_ot = 0.0
    for need in range(len(best)):
        weighted = query.weights[need] * best[need]
        coverage += weighted
        if query.ot[need]:
            earned_ot += weighted
    balance = 1 - abs(earned_ot / coverage - query.ot_share) if coverage > 0 else 0.0
    distinct = teams.starts[team + 1] - teams.starts[team]
    focus = useful / distinct if distinct > 0 else 0.0
    score: float = (
        query.coverage * coverage
        + query.focus * focus
        + query.balance * balance
        + query.availability[teams.hours[team]]
        + query.site[teams.places[team]]
    )
    return score
