"""Ranking the living rows of a layered table by a plan: the part that both indexes share."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import chain
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from domain.matching.errors import BelowFloor
from domain.matching.layers import Layers
from domain.matching.model import Hit
from domain.matching.table import Table

Rows: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.float64]
Keys: TypeAlias = NDArray[np.bytes_]
Scored: TypeAlias = tuple[float, str]


class Plan(Protocol):
    """A query made ready: which rows pass its gates, and what rows score."""

    def passing(self, table: Table, rows: Rows) -> Rows:
        """Those of `rows` that pass every gate."""

    def evaluate(self, table: Table, rows: Rows) -> Floats:
        """The scores of `rows`, whether or not they pass."""


def rank(layers: Layers, plan: Plan, k: int) -> list[Hit]:
    """The k best rows that pass, best first, ties by id."""
    return hits(chain.from_iterable(leaders(table, plan, rows, k) for table, rows in layers.parts()), k)


def leaders(table: Table, plan: Plan, living: Rows, k: int) -> list[Scored]:
    """The k best of the living rows that pass."""
    rows = plan.passing(table, living)
    scores = plan.evaluate(table, rows)
    return [(float(scores[place]), table.key(rows[place])) for place in best(scores, k)]


def hits(scored: Iterable[Scored], k: int) -> list[Hit]:
    """The k best in the order of a ranking."""
    ordered = nsmallest(k, scored, key=lambda one: (-one[0], one[1]))
    return [Hit(key, value, place) for place, (value, key) in enumerate(ordered, start=1)]


def score(layers: Layers, plan: Plan, ids: Iterable[str]) -> dict[str, float | None]:
    """The score of each id; None where there is no such row or a gate is closed."""
    scores: dict[str, float | None] = dict.fromkeys(ids)
    found = [place for key in scores if (place := layers.find(key)) is not None]
    for table in (layers.main, layers.recent):
        wanted = np.array([row for holder, row in found if holder is table], dtype=np.intp)
        rows = plan.passing(table, wanted)
        for row, value in zip(rows, plan.evaluate(table, rows), strict=True):
            scores[table.key(row)] = float(value)
    return scores


class Ranks(Protocol):
    """Knows which rank a score has for one need."""

    def rank_at(self, key: str, value: float) -> int:
        """The rank of the id `key` with the score `value`: one more than the other rows ahead of it.

        Raises BelowFloor where `value` is below the scores that are known.
        """


class Places:
    """The first places of a ranking: they know the ranks of their own members at higher scores, too."""

    def __init__(self, ranking: Sequence[Hit]) -> None:
        self._ordered = [(-hit.score, hit.id) for hit in ranking]
        self._scores = {hit.id: hit.score for hit in ranking}
        self._floor = ranking[-1].score if ranking else math.inf

    def rank_at(self, key: str, value: float) -> int:
        """As `Ranks` says, for the members of the ranking."""
        if value < self._floor:
            raise BelowFloor(value=value, floor=self._floor)
        itself = self._scores.get(key, value) > value
        return 1 + bisect_left(self._ordered, (-value, key)) - itself


@dataclass(frozen=True, slots=True)
class Standing:
    """The ids and scores of all rows that pass and reach `floor`, by id within each part."""

    parts: tuple[tuple[Keys, Floats], ...]
    floor: float = -math.inf

    def rank_at(self, key: str, value: float) -> int:
        """As `Ranks` says, for any id."""
        if value < self.floor:
            raise BelowFloor(value=value, floor=self.floor)
        mine = key.encode()
        rank = 1
        for keys, scores in self.parts:
            ahead = int(np.count_nonzero(scores > value)) + int(
                np.count_nonzero(keys[scores == value] < mine)
            )
            own = bisect_left(keys, mine)
            if own < len(keys) and keys[own] == mine and scores[own] > value:
                ahead -= 1
            rank += ahead
        return rank


def reaching(table: Table, plan: Plan, living: Rows, floor: float) -> tuple[Keys, Floats]:
    """The ids and scores of the living rows that pass and reach `floor`."""
    rows = plan.passing(table, living)
    scores = plan.evaluate(table, rows)
    high = scores >= floor
    return table.keys[rows[high]], scores[high]


def best(scores: Floats, k: int) -> Rows:
    """The positions of the k highest scores, best first; the earlier position wins a tie."""
    chosen = np.arange(len(scores))
    if len(scores) > k:
        threshold = np.partition(scores, len(scores) - k)[len(scores) - k]
        chosen = np.flatnonzero(scores >= threshold)
    return chosen[np.lexsort((chosen, -scores[chosen]))][:k]
