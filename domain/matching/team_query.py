"""What the compiled engine works on: a table of teams with its lists, and a need's tables."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]
Points = NDArray[np.uint8]  # what rows score at most, in the units of `point_of`
MOST = 255
MOST_SUMMED = 64  # required skills whose lists are summed; with more, rounding up would leave few points


class Teams(NamedTuple):
    """A table of teams and its posting lists."""

    starts: Ints
    words: NDArray[np.uint16]
    bounds: Ints
    rows: NDArray[np.uint16]
    families: NDArray[np.uint32]
    facts: NDArray[np.int64]
    alive: Bools


class Query(NamedTuple):
    """A need's tables: those of `TeamPlan`, but `kinds[skill, j]` says what a skill is to the required `j`.

    `summed` says that nothing stands in for the required skills. `order[j]` are the places in `earned[j]`,
    flat, from the least credit to the most. `families[j]` numbers the family of `j`.
    """

    summed: bool
    wanted: Ints
    kinds: NDArray[np.uint8]
    earned: Floats
    order: NDArray[np.int64]
    weights: Floats
    ot: Bools
    ot_share: float
    coverage: float
    focus: float
    balance: float
    availability: Floats
    site: Floats
    schools: Bools
    families: NDArray[np.uint16]
    required: Ints
    fulfils: Bools
