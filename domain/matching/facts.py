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


def facts_of(table: Table) -> NDArray[np.int64] | None:
    """For each row the numbers of its hours, place and schools, how many skills it has, and `AVAILABLE`.

    None where something does not fit: more than 65,536 places, or 255 skills of one row.
    """
    parts = (
        (table.fixed["hours"], HOURS_MASK, 0),
        (table.fixed["place"], PLACE_MASK, PLACE_SHIFT),
        (np.diff(table.starts), COUNT_MASK, COUNT_SHIFT),
        (table.fixed["schools"], SCHOOLS_MASK, SCHOOLS_SHIFT),
    )
    facts = np.where(table.fixed["available"], AVAILABLE, 0)
    for numbers, most, shift in parts:
        if len(numbers) and numbers.max() > most:
            return None
        facts |= numbers.astype(np.int64) << shift
    return facts
