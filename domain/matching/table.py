"""Rows in arrays, ordered by id: fixed columns, and ragged columns that hold several cells for each row."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """An immutable table. `starts[i]:starts[i + 1]` are the cells of row `i` in every ragged column.

    `keys` are ids as UTF-8 bytes in ascending order (the order of the texts, too), so that the number of a
    row orders ties by id. Use `of` to make one from rows in any order.
    """

    keys: Array
    fixed: Mapping[str, Array]
    starts: NDArray[np.int32]
    ragged: Mapping[str, Array]

    @classmethod
    def of(
        cls,
        ids: list[str],
        fixed: Mapping[str, Array],
        counts: NDArray[np.int32],
        ragged: Mapping[str, Array],
    ) -> Self:
        """A table of rows with distinct ids; row `i` owns the next `counts[i]` cells."""
        encoded = np.array([text.encode() for text in ids], dtype=np.bytes_) if ids else np.empty(0, "S1")
        table = cls(encoded, fixed, _starts(counts), ragged)
        order = np.argsort(encoded, kind="stable")
        return table if (order[:-1] < order[1:]).all() else table.take(order)

    def __len__(self) -> int:
        return len(self.keys)

    def key(self, row: int) -> str:
        """The id of a row."""
        return bytes(self.keys[row]).decode()

    def find(self, key: str) -> int | None:
        """The row of an id, if there is one."""
        wanted = key.encode()
        row = bisect_left(self.keys, wanted)
        return row if row < len(self.keys) and self.keys[row] == wanted else None

    def cells(self, row: int) -> slice:
        """Where the cells of a row are in the ragged columns."""
        return slice(int(self.starts[row]), int(self.starts[row + 1]))

    def take(self, rows: NDArray[np.intp]) -> Self:
        """The rows with these numbers, in this order (the caller keeps the ids in order)."""
        positions, counts = self.positions(rows)
        return type(self)(
            self.keys[rows],
            {name: column[rows] for name, column in self.fixed.items()},
            _starts(counts),
            {name: column[positions] for name, column in self.ragged.items()},
        )

    def positions(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The ragged cells of some rows, one row after the other, and how many each row has."""
        first = self.starts[rows]
        counts = self.starts[rows + 1] - first
        shift = first - (np.cumsum(counts) - counts)
        return np.arange(counts.sum()) + np.repeat(shift, counts), counts

    def merge(self, other: Self) -> Self:
        """Both tables' rows in one; no id may be in both."""
        if not len(other):
            return self
        if not len(self):
            return other
        counts = np.concatenate([np.diff(self.starts), np.diff(other.starts)])
        joined = type(self)(
            np.concatenate([self.keys, other.keys]),
            {name: np.concatenate([column, other.fixed[name]]) for name, column in self.fixed.items()},
            _starts(counts),
            {name: np.concatenate([column, other.ragged[name]]) for name, column in self.ragged.items()},
        )
        return joined.take(np.argsort(joined.keys, kind="stable"))

    @property
    def nbytes(self) -> int:
        """The memory of all columns, ids included, in bytes."""
        columns = (self.keys, self.starts, *self.fixed.values(), *self.ragged.values())
        return sum(column.nbytes for column in columns)


def _starts(counts: NDArray[np.int32]) -> NDArray[np.int32]:
    starts = np.zeros(len(counts) + 1, dtype=np.int32)
    np.cumsum(counts, out=starts[1:])
    return starts
