"""What a query asks of each row beside its skills, in one word of eight bytes: one look in memory."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.matching.table import Table

HOURS_BITS: Final = 16
PLACE_BITS: Final = 16
COUNT_BITS: Final = 8
SCHOOLS_BITS: Final = 22
HOURS_MASK: Final = (1 << HOURS_BITS) - 1
PLACE_MASK: Final = (1 << PLACE_BITS) - 1
COUNT_MASK: Final = (1 << COUNT_BITS) - 1
SCHOOLS_MASK: Final = (1 << SCHOOLS_BITS) - 1
PLACE_SHIFT: Final = HOURS_BITS
COUNT_SHIFT: Final = PLACE_SHIFT + PLACE_BITS
SCHOOLS_SHIFT: Final = COUNT_SHIFT + COUNT_BITS
AVAILABLE: Final = 1 << (SCHOOLS_SHIFT + SCHOOLS_BITS)


def facts_fit(table: Table) -> bool:
    """Whether there are at most 65,536 hours and places, and 255 skills of one row."""
    parts = (
        (table.fixed["hours"], HOURS_MASK),
        (table.fixed["place"], PLACE_MASK),
        (table.fixed["schools"], SCHOOLS_MASK),
        (np.diff(table.starts), COUNT_MASK),
    )
    return all(not len(numbers) or numbers.max() <= most for numbers, most in parts)


def facts_of(table: Table, rows: slice) -> NDArray[np.int64]:
    """For some rows the numbers of hours, place and schools, how many skills they have, and `AVAILABLE`."""
    fixed = table.fixed
    facts = np.where(fixed["available"][rows], AVAILABLE, 0)
    facts |= fixed["hours"][rows].astype(np.int64)
    facts |= fixed["place"][rows].astype(np.int64) << PLACE_SHIFT
    facts |= np.diff(table.starts[rows.start : rows.stop + 1]).astype(np.int64) << COUNT_SHIFT
    facts |= fixed["schools"][rows].astype(np.int64) << SCHOOLS_SHIFT
    return facts
