"""A table that changes: a large main part, a small recent part, and marks for rows that no longer count."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from domain.matching.table import Table


@dataclass(frozen=True, slots=True)
class Layers:
    """An immutable state. A change makes a new state, so that readers keep the one they began with.

    Each id has one living row at most: in `main` where `alive`, or in `recent`.
    """

    main: Table
    alive: NDArray[np.bool_]
    recent: Table

    @classmethod
    def of(cls, table: Table) -> Self:
        """All rows in the main part."""
        return cls(table, np.ones(len(table), dtype=np.bool_), table.take(np.empty(0, dtype=np.intp)))

    def __len__(self) -> int:
        return int(np.count_nonzero(self.alive)) + len(self.recent)

    def parts(self) -> Iterator[tuple[Table, NDArray[np.intp]]]:
        """Each table with the numbers of its living rows."""
        yield self.main, np.flatnonzero(self.alive)
        if len(self.recent):
            yield self.recent, np.arange(len(self.recent))

    def find(self, key: str) -> tuple[Table, int] | None:
        """The living row of an id."""
        row = self.recent.find(key) if len(self.recent) else None
        if row is not None:
            return self.recent, row
        row = self.main.find(key)
        return (self.main, row) if row is not None and self.alive[row] else None

    def changed(self, rows: Table, removed: Iterable[str] = ()) -> Self:
        """This state with `rows` in the place of those with the same ids, and without the `removed` ids."""
        gone = {*removed, *(rows.key(row) for row in range(len(rows)))}
        in_main = self.main.find_all(gone)
        alive = self.alive
        if len(in_main):
            alive = alive.copy()
            alive[in_main] = False
        kept = np.ones(len(self.recent), dtype=np.bool_)
        kept[self.recent.find_all(gone)] = False
        return type(self)(self.main, alive, self.recent.splice(kept, rows))
