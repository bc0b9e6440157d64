"""Rows in arrays, ordered by id: fixed columns, and ragged columns that hold several cells for each row."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Array: TypeAlias = NDArray[Any]
ROWS_OF_A_STEP = 1 << 15
BYTES_OF_A_STEP = 1 << 20
Steps: TypeAlias = Generator[None, None, T]  # work with pauses between its steps, and its result


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
        keys: Array,
        fixed: Mapping[str, Array],
        counts: NDArray[np.int32],
        ragged: Mapping[str, Array],
    ) -> Self:
        """A table of rows with distinct ids (see `keys_of`); row `i` owns the next `counts[i]` cells."""
        table = cls(keys, fixed, _starts(counts), ragged)
        if (keys[:-1] <= keys[1:]).all():  # as most are stored; to see it takes a fiftieth of sorting
            return table
        return table.take(np.argsort(keys, kind="stable"))

    def __len__(self) -> int:
        return len(self.keys)

    def key(self, row: int) -> str:
        """The id of a row."""
        return bytes(self.keys[row]).decode()

    def find(self, key: str) -> int | None:
        """The row of an id, if there is one."""
        wanted = key.encode()
        if len(wanted) > self.keys.itemsize:  # it is not there, and would have all keys widened
            return None
        row = int(self.keys.searchsorted(wanted))
        return row if row < len(self.keys) and self.keys[row] == wanted else None

    def find_all(self, keys: Iterable[str]) -> NDArray[np.intp]:
        """The rows of those ids that are there, in no order."""
        width = self.keys.itemsize  # a longer id is not there, and would have all keys widened
        wanted = [encoded for key in keys if len(encoded := key.encode()) <= width]
        if not wanted or not len(self):
            return np.empty(0, dtype=np.intp)
        sought = np.array(wanted, dtype=self.keys.dtype)
        places = np.searchsorted(self.keys, sought)
        places[places == len(self)] = 0
        found: NDArray[np.intp] = places[self.keys[places] == sought]
        return found

    def cells(self, row: int) -> slice:
        """Where the cells of a row are in the ragged columns."""
        return slice(self.starts.item(row), self.starts.item(row + 1))

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

    def splice(self, kept: NDArray[np.bool_], other: Self) -> Self:
        """The `kept` rows and those of `other` in one table; no id may be in both."""
        return finished(self.splicing(kept, other))

    def splicing(self, kept: NDArray[np.bool_], other: Self) -> Steps[Self]:
        """`splice` in short steps. What lies between two changes is copied in one piece."""
        pieces = list(_pieces(self, kept, other))
        keys = yield from _joining([table.keys[rows] for table, rows in pieces])
        fixed, ragged = {}, {}
        for name in self.fixed:
            fixed[name] = yield from _joining([table.fixed[name][rows] for table, rows in pieces])
        counts = np.concatenate([np.diff(table.starts[rows.start : rows.stop + 1]) for table, rows in pieces])
        cells = [(table, slice(table.starts[rows.start], table.starts[rows.stop])) for table, rows in pieces]
        for name in self.ragged:
            ragged[name] = yield from _joining([table.ragged[name][places] for table, places in cells])
        yield
        return type(self)(keys, fixed, _starts(counts), ragged)

    @property
    def nbytes(self) -> int:
        """The memory of all columns, ids included, in bytes."""
        columns = (self.keys, self.starts, *self.fixed.values(), *self.ragged.values())
        return sum(column.nbytes for column in columns)


def _pieces(table: Table, kept: NDArray[np.bool_], other: Table) -> Iterator[tuple[Table, slice]]:
    """The runs of rows, now of one table and now of the other, that make up both in the order of ids."""
    gone = np.flatnonzero(~kept)
    places = np.searchsorted(table.keys, other.keys)
    changes = np.unique(np.concatenate([gone, places]))
    until = np.searchsorted(places, changes, side="right")
    first = done = 0
    for place, upto in zip(changes.tolist(), until.tolist(), strict=True):
        if first < place:
            yield table, slice(first, place)
        if done < upto:
            yield other, slice(done, upto)
        first, done = place + int(place < len(kept) and not kept[place]), upto
    yield table, slice(first, len(table))


def _joining(pieces: Sequence[Array]) -> Steps[Array]:
    """The pieces in one array, in steps of a megabyte or little more."""
    whole = np.empty(sum(map(len, pieces)), np.result_type(*{piece.dtype for piece in pieces}))
    place = copied = 0
    for piece in pieces:
        for start in range(0, len(piece), ROWS_OF_A_STEP):
            some = piece[start : start + ROWS_OF_A_STEP]
            whole[place : place + len(some)] = some
            place, copied = place + len(some), copied + some.nbytes
            if copied >= BYTES_OF_A_STEP:
                yield
                copied = 0
    return whole


def keys_of(ids: Iterable[str]) -> Array:
    """Ids in UTF-8, which has the order of the texts."""
    encoded = [text.encode() for text in ids]
    return np.array(encoded, dtype=np.bytes_) if encoded else np.empty(0, "S1")


def finished(steps: Steps[T]) -> T:
    """Go through all steps at once; their result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


def _starts(counts: NDArray[np.int32]) -> NDArray[np.int32]:
    starts = np.zeros(len(counts) + 1, dtype=np.int32)
    np.cumsum(counts, out=starts[1:])
    return starts
