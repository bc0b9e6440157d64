"""Values that many rows share (places, sets of schools, weekly hours), each stored once under a number."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.matching.score import Place

V = TypeVar("V", bound=Hashable)


@dataclass(slots=True)
class Interned(Generic[V]):
    """Numbers values in the order of their first appearance. It only grows, so readers need no lock."""

    values: list[V] = field(default_factory=list)
    _numbers: dict[V, int] = field(default_factory=dict)

    def number(self, value: V) -> int:
        """The number of a value, a new one where it was not there."""
        found = self._numbers.get(value)
        if found is None:
            found = len(self.values)
            self.values.append(value)
            self._numbers[value] = found
        return found

    def numbers(self, values: Iterable[V]) -> NDArray[np.int32]:
        """The numbers of many values."""
        return np.fromiter((self.number(value) for value in values), dtype=np.int32)


@dataclass(slots=True)
class Vocabulary:
    """The shared values of an index: weekly hours, (city, province) and sets of schools."""

    hours: Interned[float] = field(default_factory=Interned)
    places: Interned[Place] = field(default_factory=Interned)
    schools: Interned[frozenset[str]] = field(default_factory=Interned)
