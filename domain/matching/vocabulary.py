"""Values that many rows share (places, sets of schools, weekly hours), each stored once under a number."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.matching.score import ELSEWHERE, SAME_CITY, SAME_PROVINCE, Place

V = TypeVar("V", bound=Hashable)
MOST_SHORT = 1 << 16
NO_SCHOOL: Final = None


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

    def find(self, value: V) -> int | None:
        """The number of a value, if it has one."""
        return self._numbers.get(value)

    def numbers(self, values: Iterable[V]) -> NDArray[Any]:
        """The numbers of many values, in two bytes each while they fit, else in four."""
        numbers = np.fromiter(map(self.number, values), dtype=np.int32)
        return numbers.astype(np.uint16) if len(self.values) <= MOST_SHORT else numbers

    def numbers_at(self, values: Iterable[V], places: NDArray[Any]) -> NDArray[Any]:
        """The numbers of values that stand in many places, each looked up once."""
        numbers: NDArray[Any] = self.numbers(values)[places]
        return numbers


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


class SchoolSets(Interned[frozenset[str]]):
    """Sets of schools, which know who is let in without looking at each in Python.

    The members of all sets stand in one array, set after set. A set without a school has `NO_SCHOOL` as its
    member, which is never let in by name and never full.
    """

    def __init__(self) -> None:
        super().__init__()
        self._schools: Interned[str | None] = Interned()
        self._schools.number(NO_SCHOOL)
        self._members = _Members(np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp))

    def numbers(self, values: Iterable[frozenset[str]]) -> NDArray[Any]:
        """As `Interned` says. New sets are put to the others in one step, for those who are reading."""
        numbers = super().numbers(values)
        self._members = self._members.followed_by(
            [
                [self._schools.number(name) for name in one or (NO_SCHOOL,)]
                for one in self.values[len(self._members.starts) :]
            ]
        )
        return numbers

    def admitted(self, let_in: frozenset[str], full_schools: frozenset[str]) -> NDArray[np.bool_]:
        """Which sets pass `eligible` and `has_mentors`, by number."""
        members = self._members
        passing = ~np.logical_and.reduceat(self._named(full_schools)[members.schools], members.starts)
        if let_in:
            passing &= np.logical_or.reduceat(self._named(let_in)[members.schools], members.starts)
        return passing

    def _named(self, names: frozenset[str]) -> NDArray[np.bool_]:
        """Which schools are among the names, by number."""
        known = [number for name in names if (number := self._schools.find(name)) is not None]
        among = np.zeros(len(self._schools.values), dtype=np.bool_)
        among[known] = True
        return among


@dataclass(frozen=True, slots=True)
class _Members:
    """The numbers of schools, set after set, and where each set starts."""

    schools: NDArray[np.intp]
    starts: NDArray[np.intp]

    def followed_by(self, sets: list[list[int]]) -> "_Members":
        """These sets and more, none of them empty."""
        if not sets:
            return self
        ends = len(self.schools) + np.cumsum([0, *map(len, sets)])
        more = np.fromiter(chain.from_iterable(sets), dtype=np.intp)
        return _Members(np.concatenate([self.schools, more]), np.concatenate([self.starts, ends[:-1]]))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The shared values of an index: weekly hours, (city, province) and sets of schools."""

    hours: Interned[float] = field(default_factory=Interned)
    places: Places = field(default_factory=Places)
    schools: SchoolSets = field(default_factory=SchoolSets)
