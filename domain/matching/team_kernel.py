"""The exact ranking of many teams in a few milliseconds.

  1. The lists that earn much are read, block by block, and bound what each row can score: `team_bounds`.
  2. Rows whose bound with the full balance and their own hours and place reaches the k-th best score so far
     are scored; in the first block those with the highest bounds first, so that the bar is high early.
Scores come from a row's own skills, by the same operations in the same order as `score`. To bound first and
to score only what can still matter is the filter and refine of Fagin, Lotem and Naor (2003) and of MaxScore
(Turtle and Flood, 1995), in dense blocks rather than list by list: with many substitutes most rows are in
some list, and reading on is faster than leaping.
"""

import numpy as np
from numpy.typing import NDArray

from domain.matching.compiled import compilable, compiled
from domain.matching.heap import offer
from domain.matching.kinship import UNRELATED
from domain.matching.postings import BLOCK_BITS
from domain.matching.score import FOCUS_THRESHOLD
from domain.matching.team_bounds import lines_of, read_block, room
from domain.matching.team_query import Floats, Ints, Query, Teams
from domain.matching.words import CODE_BITS, CODE_MASK

BINS = 1024
SAMPLE = 4  # of so many rows one says where the seeds are
SEEDS = 4  # rows scored first for each place of the ranking
GROUP = 64  # rows that are passed over together
SLACK = 1e-5  # more than the rounding of the bounds, which are single floats


@compiled
def top_rows(teams: Teams, query: Query, k: int) -> tuple[Floats, Ints]:
    """The scores and rows of the k best rows that pass every gate, in no order."""
    scores = np.empty(k)
    rows = np.empty(k, dtype=np.int32)
    size = 0
    lines, block = lines_of(query), room(teams, query)
    for number in range(teams.bounds.shape[0]):
        first = number << BLOCK_BITS
        bounds = read_block(teams, query, lines, block, number)
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
    lines, block = lines_of(query), room(teams, query)
    for number in range(teams.bounds.shape[0]):
        first = number << BLOCK_BITS
        bounds = read_block(teams, query, lines, block, number)
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
def reached_by(bound: NDArray[np.float32], seeds: int, highest: float) -> float:
    """A bound that about `seeds` rows reach, 0 where there are not as many."""
    step = np.float32(max(highest, SLACK) / BINS)
    histogram = np.zeros(BINS + 2, dtype=np.int32)
    for row in range(0, len(bound), SAMPLE):
        if bound[row] > 0:
            histogram[min(int(bound[row] / step), BINS + 1)] += SAMPLE
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
    """Step 2 for the rows from `first` on with `low <= bound < high`; the new size of the heap."""
    best = np.empty(len(query.weights))
    spare = query.balance + SLACK
    most_spare = spare + query.availability.max() + query.site.max()
    lowest = max(low, scores[0] - most_spare) if size == len(scores) else low
    for start in range(0, len(bounds), GROUP):
        group = bounds[start : start + GROUP]
        if not any_reaches(group, np.float32(lowest)):
            continue
        for place in range(len(group)):
            bound = group[place]
            team = first + start + place
            if not lowest <= bound < high or not passes(teams, query, team):
                continue
            fixed = query.availability[teams.hours[team]] + query.site[teams.places[team]]
            if size == len(scores) and bound + fixed + spare < scores[0]:
                continue
            size = offer(scores, rows, size, exact_score(teams, query, best, team), team)
            if size == len(scores):
                lowest = max(low, scores[0] - most_spare)
    return size


@compilable
def any_reaches(bounds: NDArray[np.float32], lowest: np.float32) -> bool:
    """Whether one of the bounds is `lowest` or more: counted without a branch, many at a time."""
    count = 0
    for row in range(len(bounds)):
        count += bounds[row] >= lowest
    return count > 0


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
        skill, code = teams.words[cell] >> CODE_BITS, teams.words[cell] & CODE_MASK
        most = 0.0
        for need in range(len(best)):
            kind = query.kinds[skill, need]
            if kind != UNRELATED:
                earned = query.earned[need, kind, code]
                best[need] = max(best[need], earned)
                most = max(most, earned)
        useful += most >= FOCUS_THRESHOLD
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
