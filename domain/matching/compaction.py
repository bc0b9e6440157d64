"""Moving recent changes into the main part in short steps, so that no change waits for all of it.

Ranking the recent part costs more a row, so it must stay small; but to make a new main part of a million
teams takes some tenths of a second. So each change does a step of that, aside, and what has changed meanwhile
is put on top of the result.
"""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

import numpy as np

from domain.matching.layers import Layers
from domain.matching.table import Steps, Table, finished

T = TypeVar("T")
RECENT_LIMIT = 1024
FAR_BEHIND = 8 * RECENT_LIMIT


class Compaction(Generic[T]):
    """A new main part in the making, from the layers at one moment.

    `prepare` makes of the new main part what else is needed for it.
    """

    def __init__(self, layers: Layers, prepare: Callable[[Table], Steps[T]]) -> None:
        self._steps = self._compacting(layers, prepare)
        self._touched: set[str] = set()
        self._made: tuple[Table, T] | None = None

    def note(self, ids: Iterable[str]) -> None:
        """The rows of these ids have changed since, or are gone."""
        self._touched.update(ids)

    def step(self, layers: Layers, all_steps: bool = False) -> tuple[Layers, T] | None:
        """Do a step or all that are left; after the last the new layers, and what `prepare` has made.

        `layers` are those of now; the new ones have the same rows.
        """
        for _ in self._steps:
            if not all_steps:
                break
        if self._made is None:
            return None
        main, prepared = self._made
        recent = layers.recent
        since = [row for row in range(len(recent)) if recent.key(row) in self._touched]
        changed = recent.take(np.array(since, dtype=np.intp))
        return Layers.of(main).changed(changed, self._touched), prepared

    def _compacting(self, layers: Layers, prepare: Callable[[Table], Steps[T]]) -> Steps[None]:
        main = yield from layers.main.splicing(layers.alive, layers.recent)
        self._made = main, (yield from prepare(main))


class Compactor(Generic[T]):
    """Compacts an index as it changes; one writer at a time may use it."""

    def __init__(self, prepare: Callable[[Table], Steps[T]]) -> None:
        self._prepare = prepare
        self._under_way: Compaction[T] | None = None

    def changed(self, layers: Layers, ids: Iterable[str]) -> tuple[Layers, T] | None:
        """Call it after each change of `ids`: new layers with the same rows, once they are made."""
        if self._under_way is not None:
            self._under_way.note(ids)
        elif len(layers.recent) > RECENT_LIMIT:
            self._under_way = Compaction(layers, self._prepare)
        else:
            return None
        made = self._under_way.step(layers, all_steps=len(layers.recent) > FAR_BEHIND)
        if made is not None:
            self._under_way = None
        return made

    def compacted(self, layers: Layers) -> tuple[Layers, T]:
        """The same rows, all in the main part, at once."""
        self._under_way = None
        main = layers.main.splice(layers.alive, layers.recent)
        return Layers.of(main), finished(self._prepare(main))
