"""Values that many rows share (places, sets of schools, weekly hours), each stored once under a number."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.matching.score import ELSEWHERE, SAME_CITY, SAME_PROVINCE, Place

V = TypeVar("V", bound=Hashable)
MOST_SHORT = 1 << 16


class Interned(Generic[V]):
    """Numbers values in the order of their first appearance. It only grows, so readers need no lock."""

    def __init__(self) -> None:
        self.values: list[V] = []
        self._numbers: dict[V, int] = {}

    def number(self, value: V) -> int:
        """The number of a value, a new one where it was not there."""
        found = self._numbers.get(value)
        if found is None:
            found = len(self.values)
            self.values.append(value)
            self._numbers[value] = found
        return found

    def numbers(self, values: Iterable[V]) -> NDArray[Any]:
        """The numbers of many values, in two bytes each while they fit, else in four."""
        numbers = np.fromiter((self.number(value) for value in values), dtype=np.int32)
        return numbers.astype(np.uint16) if len(self.values) <= MOST_SHORT else numbers


class Places(Interned[Place]):
    """Cities and provinces, which know what is near without looking at each."""

    def __init__(self) -> None:
        super().__init__()
        self._in_city: dict[str, list[int]] = defaultdict(list)
        self._in_province: dict[str, list[int]] = defaultdict(list)

    def number(self, value: Place) -> int:
        """The number of a place, a new one where it was not there."""
        known = len(self.values)
        found = super().number(value)
        if found == known:
            for name, found_in in zip(value, (self._in_city, self._in_province), strict=True):
                if name is not None:
                    found_in[name].append(found)
        return found

    def nearness(self, city: str | None, province: str | None) -> NDArray[np.float64]:
        """How near each place is, by number: what `site_of` says. An unknown place is near to none."""
        same_province = list(self._in_province.get(province, ())) if province is not None else []
        same_city = list(self._in_city.get(city, ())) if city is not None else []
        near = np.full(len(self.values), ELSEWHERE)  # last, because another thread may be adding places
        near[same_province] = SAME_PROVINCE
        near[same_city] = SAME_CITY
        return near


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The shared values of an index: weekly hours, (city, province) and sets of schools."""

    hours: Interned[float] = field(default_factory=Interned)
    places: Places = field(default_factory=Places)
    schools: Interned[frozenset[str]] = field(default_factory=Interned)
