"""The exact ranking of many teams in a millisecond or a few.

  1. The lists that earn much are read, block by block, and bound what each row can score: `team_sums` where
     nothing stands in for a required skill, else `team_bounds`. A bound is a byte of points, rounded up.
  2. Rows whose points could reach the k-th best score so far are gathered, and bounded again with their own
     hours and place; what still reaches it is scored. In the first block those with the most points come
     first, so that the bar is high early.
Scores come from a row's own skills, by the same operations in the same order as `score`. To bound first and
to score only what can still matter is the filter and refine of Fagin, Lotem and Naor (2003) and of MaxScore
(Turtle and Flood, 1995), in dense blocks rather than list by list: with many substitutes most rows are in
some list, and reading on is faster than leaping.
"""

from typing import NamedTuple

import numpy as np

from domain.matching.compiled import compilable, compiled
from domain.matching.facts import (
    AVAILABLE,
    COUNT_MASK,
    COUNT_SHIFT,
    HOURS_MASK,
    PLACE_MASK,
    PLACE_SHIFT,
    SCHOOLS_MASK,
    SCHOOLS_SHIFT,
)
from domain.matching.heap import offer
from domain.matching.kinship import UNRELATED
from domain.matching.postings import BLOCK, BLOCK_BITS
from domain.matching.score import FOCUS_THRESHOLD
from domain.matching.team_bounds import lines_of, read_block, room
from domain.matching.team_query import MOST, Floats, Ints, Points, Query, Teams
from domain.matching.team_sums import lists_of, room_for_sums, sum_block
from domain.matching.words import CODE_BITS, CODE_MASK

SAMPLE = 16  # of so many rows one says how many points they have
SEEDS = 2  # rows scored first for each place of the ranking
GROWTH = 8  # the next are so many more
NEVER = -1.0
GROUP = 64  # rows that are passed over together
SLACK = 1e-5  # more than the rounding of the bounds that are single floats


class Found(NamedTuple):
    """Places in a block, and what their rows score at most."""

    place: Ints
    most: Floats


@compiled
def top_rows(teams: Teams, query: Query, k: int) -> tuple[Floats, Ints]:
    """The scores and rows of the k best rows that pass every gate, in no order."""
    scores = np.empty(k)
    rows = np.empty(k, dtype=np.int32)
    size = 0
    point = point_of(query)
    lists, sums = lists_of(query, point), room_for_sums(teams)
    lines, block = lines_of(query), room(teams, query)
    found = room_to_gather(teams)
    for number in range(teams.bounds.shape[0]):
        first = number << BLOCK_BITS
        width = min(len(teams.starts) - 1 - first, BLOCK)
        if query.summed:
            points = sum_block(teams, query, lists, sums, number, width)
        else:
            points = read_block(teams, query, lines, block, point, number, width)
        if number == 0 or size < k:
            size = descend(teams, query, points, point, first, found, scores, rows, size)
        else:
            size = visit(teams, query, points, point, first, 1, MOST + 1, found, scores, rows, size)
    return scores[:size], rows[:size]


@compilable
def room_to_gather(teams: Teams) -> Found:
    """Room for all rows of a block, and for one that is not one of them."""
    width = min(len(teams.starts) - 1, BLOCK)
    return Found(np.empty(width + 1, dtype=np.int32), np.empty(width))


@compilable
def point_of(query: Query) -> float:
    """What a point is worth: a byte holds the highest bound, and what comes from rounding up."""
    if query.summed:
        return max(query.coverage, SLACK) / (MOST - 2 - len(query.weights))
    return max(query.coverage + query.focus, SLACK) / (MOST - 3)


@compiled
def rows_from(teams: Teams, query: Query, floor: float) -> tuple[Floats, Ints]:
    """The scores and rows, in the order of the rows, of all that pass every gate and reach `floor`."""
    scores = np.empty(1024)
    rows = np.empty(1024, dtype=np.int32)
    size = 0
    point = point_of(query)
    best = np.empty(len(query.weights))
    lists, sums = lists_of(query, point), room_for_sums(teams)
    lines, block = lines_of(query), room(teams, query)
    found = room_to_gather(teams)
    lowest = points_for(query, point, floor)
    for number in range(teams.bounds.shape[0]):
        first = number << BLOCK_BITS
        width = min(len(teams.starts) - 1 - first, BLOCK)
        if query.summed:
            points = sum_block(teams, query, lists, sums, number, width)
        else:
            points = read_block(teams, query, lines, block, point, number, width)
        count = gather(points, lowest, MOST + 1, found.place)
        bound_gathered(teams, query, points, point, first, count, found)
        for number_found in range(count):
            team = first + found.place[number_found]
            if found.most[number_found] < max(floor, 0.0) or not teams.alive[team]:
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
def descend(
    teams: Teams,
    query: Query,
    points: Points,
    point: float,
    first: int,
    found: Found,
    scores: Floats,
    rows: Ints,
    size: int,
) -> int:
    """Step 2 for the first rows of all: those with the most points first, then ever more of the others."""
    histogram = np.zeros(MOST + 1, dtype=np.int32)
    for row in range(0, len(points), SAMPLE):
        histogram[points[row]] += SAMPLE
    high, wanted, reached = MOST + 1, SEEDS * len(scores), 0
    for place in range(len(histogram) - 1, 0, -1):
        reached += histogram[place]
        if reached >= wanted:
            size = visit(teams, query, points, point, first, place, high, found, scores, rows, size)
            high, wanted, reached = place, GROWTH * wanted, 0
    return visit(teams, query, points, point, first, 1, high, found, scores, rows, size)


@compilable
def visit(
    teams: Teams,
    query: Query,
    points: Points,
    point: float,
    first: int,
    low: int,
    high: int,
    found: Found,
    scores: Floats,
    rows: Ints,
    size: int,
) -> int:
    """Step 2 for the rows from `first` on with `low <= points < high`; the new size of the heap."""
    best = np.empty(len(query.weights))
    if size == len(scores):
        low = max(low, points_for(query, point, scores[0]))
    count = gather(points, low, high, found.place)
    bound_gathered(teams, query, points, point, first, count, found)
    for number in range(count):
        if found.most[number] >= 0 and (size < len(scores) or found.most[number] >= scores[0]):
            team = first + found.place[number]
            if teams.alive[team]:
                size = offer(scores, rows, size, exact_score(teams, query, best, team), team)
    return size


@compilable
def gather(points: Points, low: int, high: int, place: Ints) -> int:
    """Put the places of rows with `low <= points < high` into `place`; how many.

    Groups that have none are passed over; there are no branches, so that many rows go at a time.
    """
    count = np.int64(0)
    if low >= high:
        return 0
    lowest, width = np.uint8(low), np.uint8(high - 1 - low)
    for start in range(0, len(points), GROUP):
        group = points[start : start + GROUP]
        if highest_of(group) >= lowest:
            for row in range(len(group)):
                place[np.uint32(count)] = np.int32(start + row)
                count += np.int64(np.uint8(group[row] - lowest) <= width)
    return int(count)


@compilable
def highest_of(points: Points) -> np.uint8:
    """The most points of a group."""
    highest = np.uint8(0)
    for row in range(len(points)):
        highest = max(highest, points[row])
    return highest


@compilable
def points_for(query: Query, point: float, score: float) -> int:
    """The fewest points with which a row may reach a score, were everything else at its best."""
    spare = loose_focus(query) + query.balance + query.availability.max() + query.site.max() + SLACK
    return max(1, int(min((score - spare) / point, MOST + 1.0))) if score > spare else 1


@compilable
def loose_focus(query: Query) -> float:
    """The most that focus adds to what the points say: sums leave it out, bounds hold it."""
    return query.focus if query.summed else 0.0


@compilable
def bound_gathered(
    teams: Teams, query: Query, points: Points, point: float, first: int, count: int, found: Found
) -> None:
    """What each gathered row scores at most with its own hours and place; less than 0 at a closed gate.

    All of them in one go, because the processor then waits for many of their facts at a time.
    """
    spare = query.balance + SLACK - point
    loose = loose_focus(query)
    for number in range(count):
        place = found.place[number]
        fact = teams.facts[first + place]
        most = points[place] * point + spare
        most += query.availability[fact & HOURS_MASK] + query.site[fact >> PLACE_SHIFT & PLACE_MASK]
        most += loose * min(1.0, len(query.wanted) / max(1, fact >> COUNT_SHIFT & COUNT_MASK))
        passes = fact >= AVAILABLE and query.schools[fact >> SCHOOLS_SHIFT & SCHOOLS_MASK]
        found.most[number] = most if passes else NEVER


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
    fact = teams.facts[team]
    distinct = teams.starts[team + 1] - teams.starts[team]
    focus = useful / distinct if distinct > 0 else 0.0
    score: float = (
        query.coverage * coverage
        + query.focus * focus
        + query.balance * balance
        + query.availability[fact & HOURS_MASK]
        + query.site[fact >> PLACE_SHIFT & PLACE_MASK]
    )
    return score
