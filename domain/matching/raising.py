"""The next level worth reaching in a required skill: what counterfactuals imagine."""

from functools import lru_cache
from typing import NamedTuple

from domain.matching.model import Levels


class Step(NamedTuple):
    """From the `best` level to a higher or a certified one, and both levels once it is `raised`."""

    best: int
    level: int
    certified: bool
    raised: tuple[int, int]


@lru_cache(maxsize=256)
def next_step(required: int, certified: int, self_rated: int) -> Step:
    """From a required level and a team's own two: reach it in the kind that the team has; where it is
    reached, have it certified.
    """
    own = Levels(certified, self_rated)
    level, is_certified = own.best, True
    if own.best < required:
        level, is_certified = required, certified > self_rated
    higher = raised(own, level, is_certified)
    return Step(own.best, level, is_certified, (higher.certified, higher.self_rated))


def raised(own: Levels, level: int, certified: bool) -> Levels:
    """A team's levels of a skill once one of the two is at least `level`."""
    if certified:
        return Levels(max(own.certified, level), own.self_rated)
    return Levels(own.certified, max(own.self_rated, level))
