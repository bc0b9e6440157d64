"""Timing of calls that are short: the best of some rounds for each, so that only the call itself counts."""

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.report import Figure, Timing, side_by_side

Call = Callable[[], object]


def best_of(rounds: int, calls: Sequence[tuple[Call, ...]], warm_up: int = 1) -> tuple[Timing, ...]:
    """The best time of each call over `rounds`; a Timing over all calls for each position of the tuples."""
    found = side_by_side(calls, rounds, warm_up)
    return tuple(Timing(np.reshape(one.seconds, (rounds, len(calls))).min(axis=0).tolist()) for one in found)


def at_most(
    what: str, value: float, unit: str, limit: float, peer: str = "–", beside: float | None = None
) -> Figure:
    """A row that has to stay at or below a limit."""
    return Figure(what, value, unit, peer, beside, f"≤ {limit:g} {unit}", value <= limit)
