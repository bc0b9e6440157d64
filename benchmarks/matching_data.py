"""The seeded market that matching is measured on: up to millions of teams, as arrays.

Skills follow the shipped taxonomy. Few skills are popular and most are rare (Zipf), and whoever has one skill
mostly has others of the same families, so that substitutes matter as they do among people. Challenges ask in
the same way, and close the gates: a mandatory skill, eligible schools, schools without mentors, locked teams.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.matching import Candidate, Member, Need, SkillNeed, Taxonomy, TeamArrays
from domain.matching.compiled import compiled
from domain.matching.model import TeamRow
from domain.matching.profile import unpack_levels
from domain.matching.validation import normalise_weights

SEED = 20_260_302
SCHOOLS = 300
CROSS_SCHOOL = 0.2  # the share of teams with a second school, which is one of the nearest
NEIGHBOURS = 4
CITIES = 40
CITIES_OF_A_PROVINCE = 4
ZIPF_SHIFT = 3.0
LEVELS_UP_TO = np.array([0.25, 0.60, 0.85, 0.95, 1.0])
PACKED_LEVELS = 64
AT_HOME = 0.6  # the share of skills that come from somebody's own two families

Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Profiles:
    """Skills of many: those of number `i` are `starts[i]:starts[i + 1]` of the indexes and packed levels."""

    starts: Ints
    skills: NDArray[np.uint16]
    levels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def of(self, number: int) -> Iterator[tuple[int, int]]:
        """The skill indexes and packed levels of one."""
        cells = slice(self.starts[number], self.starts[number + 1])
        return zip(self.skills[cells].tolist(), self.levels[cells].tolist(), strict=True)


@dataclass(frozen=True, slots=True)
class Teams:
    """Teams by number. `school_pairs` holds one or two schools (the same twice for one)."""

    profiles: Profiles
    hours: NDArray[np.uint8]
    cities: NDArray[np.uint8]
    school_pairs: NDArray[np.int16]
    available: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.profiles)


class MatchingMarket:
    """Draws teams, needs and students; the same seed draws the same ones."""

    def __init__(self, taxonomy: Taxonomy, seed: int = SEED) -> None:
        self.taxonomy = taxonomy
        self._seed = seed
        random = np.random.default_rng([seed, 0])
        families = list(dict.fromkeys(skill.family for skill in taxonomy))
        family = np.array([families.index(skill.family) for skill in taxonomy])
        popularity = 1 / (random.permutation(len(taxonomy)) + ZIPF_SHIFT)
        self._order = np.argsort(family, kind="stable").astype(np.uint16)
        self._family = family[self._order].astype(np.int32)
        self._until = np.cumsum(popularity[self._order]) / popularity.sum()
        ends = np.flatnonzero(np.diff(self._family, append=len(families)))
        self._family_until = np.concatenate([[0.0], self._until[ends]])

    @cached_property
    def full_schools(self) -> frozenset[str]:
        """A fifth of the schools has no mentor to spare."""
        random = np.random.default_rng([self._seed, 1])
        return frozenset(map(school, random.choice(SCHOOLS, SCHOOLS // 5, replace=False)))

    def teams(self, count: int) -> Teams:
        """Teams of 6 to 14 skills, 10 on average; a twelfth is locked."""
        random = np.random.default_rng([self._seed, 2, count])
        profiles = self._profiles(random, random.integers(6, 15, count))
        schools = _skewed(random, SCHOOLS, count)
        away = np.where(random.random(count) < CROSS_SCHOOL, random.integers(1, NEIGHBOURS + 1, count), 0)
        return Teams(
            profiles,
            random.integers(2, 17, count).astype(np.uint8),
            _skewed(random, CITIES, count).astype(np.uint8),
            np.column_stack([schools, (schools + away) % SCHOOLS]).astype(np.int16),
            random.random(count) >= 1 / 12,
        )

    def needs(self, count: int, skills: int = 6) -> list[Need]:
        """Needs of `skills` skills; half have a mandatory one, a fifth is for a tenth of the schools."""
        random = np.random.default_rng([self._seed, 3, skills])
        profiles = self._profiles(random, np.full(count, skills))
        return [self._need(random, number, profiles) for number in range(count)]

    def students(self, count: int) -> list[Candidate]:
        """Students with 3 to 8 skills, a school, a role and weekly hours."""
        random = np.random.default_rng([self._seed, 4])
        profiles = self._profiles(random, random.integers(3, 9, count))
        schools, roles = _skewed(random, SCHOOLS, count), random.integers(0, 5, count)
        hours = random.integers(2, 13, count)
        return [
            Candidate(
                Member(f"student-{number:06}", "样例学生", "Sample student", self._levels(profiles, number)),
                school(schools[number]),
                f"role-{roles[number]}",
                float(hours[number]),
            )
            for number in range(count)
        ]

    def _profiles(self, random: np.random.Generator, counts: NDArray[Any]) -> Profiles:
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        skills = np.empty(starts[-1], dtype=np.uint16)
        levels = np.empty(starts[-1], dtype=np.uint8)
        _draw(
            random,
            starts,
            self._order,
            self._family,
            self._until,
            self._family_until,
            LEVELS_UP_TO,
            skills,
            levels,
        )
        return Profiles(starts, skills, levels)

    def _need(self, random: np.random.Generator, number: int, profiles: Profiles) -> Need:
        asked = [
            SkillNeed(
                self.taxonomy.skills[skill].code,
                int(random.integers(1, 4)) if place == 0 else int(random.integers(2, 5)),
                float(random.integers(1, 4)),
                place == 0 and number % 2 == 0,
            )
            for place, (skill, _) in enumerate(profiles.of(number))
        ]
        city_number = int(_skewed(random, CITIES, 1)[0])
        eligible = random.choice(SCHOOLS, SCHOOLS // 10, replace=False) if number % 5 == 0 else ()
        return Need(
            f"challenge-{number:06}",
            1,
            normalise_weights(asked),
            float(random.integers(4, 13)),
            *place_of(city_number),
            remote=bool(random.random() < 0.3),
            eligible_schools=frozenset(map(school, eligible)),
        )

    def _levels(self, profiles: Profiles, number: int) -> dict[str, tuple[int, bool]]:
        held = {}
        for skill, byte in profiles.of(number):
            levels = unpack_levels(byte)
            held[self.taxonomy.skills[skill].code] = (
                levels.certified or levels.self_rated,
                levels.certified > 0,
            )
        return held


def team_id(number: int) -> str:
    """An id as long as those in the database, in the order of the numbers."""
    return f"{number:08x}-0000-7000-8000-{number:012x}"


def school(number: int) -> str:
    """The id of a school."""
    return f"school-{number:03}"


def place_of(city_number: int) -> tuple[str, str]:
    """The city and its province."""
    return f"city-{city_number:02}", f"province-{city_number // CITIES_OF_A_PROVINCE:02}"


def team_arrays(teams: Teams) -> TeamArrays:
    """The teams as columns, in the order of their ids."""
    pairs, schools = np.unique(teams.school_pairs, axis=0, return_inverse=True)
    return TeamArrays(
        ids=np.array([team_id(number).encode() for number in range(len(teams))]),
        versions=np.ones(len(teams), dtype=np.int32),
        starts=teams.profiles.starts,
        skills=teams.profiles.skills,
        levels=teams.profiles.levels,
        hours_per_week=teams.hours.astype(np.float64),
        places=teams.cities,
        place_values=[place_of(number) for number in range(CITIES)],
        schools=schools.reshape(-1),
        school_values=[frozenset(map(school, pair)) for pair in pairs.tolist()],
        available=teams.available,
    )


def team_rows(teams: Teams, taxonomy: Taxonomy) -> list[TeamRow]:
    """The teams as the database would return them."""
    pairs = [tuple(dict.fromkeys(map(school, pair))) for pair in teams.school_pairs.tolist()]
    places = [place_of(number) for number in range(CITIES)]
    texts = zip(profile_texts(teams.profiles, taxonomy), pairs, strict=True)
    fixed = zip(teams.hours.tolist(), teams.cities.tolist(), teams.available.tolist(), strict=True)
    return [
        TeamRow(
            team_id(number), 1, profile, schools, float(hours), places[city][0], places[city][1], available
        )
        for number, ((profile, schools), (hours, city, available)) in enumerate(
            zip(texts, fixed, strict=True)
        )
    ]


def profile_texts(profiles: Profiles, taxonomy: Taxonomy) -> Iterator[str]:
    """The packed profile of each, as the database stores it."""
    names = [[f"{skill.code}:{byte}" for byte in range(PACKED_LEVELS)] for skill in taxonomy]
    cells = [
        names[skill][byte]
        for skill, byte in zip(profiles.skills.tolist(), profiles.levels.tolist(), strict=True)
    ]
    for first, last in pairwise(profiles.starts.tolist()):
        yield " ".join(cells[first:last])


def _skewed(random: np.random.Generator, values: int, count: int) -> NDArray[np.int64]:
    """Numbers below `values`; lower ones more often."""
    weights = 1 / (np.arange(values) + ZIPF_SHIFT)
    return np.searchsorted(np.cumsum(weights) / weights.sum(), random.random(count)).astype(np.int64)


@compiled
def _draw(
    random: np.random.Generator,
    starts: Ints,
    order: NDArray[np.uint16],
    family: Ints,
    until: NDArray[np.float64],
    family_until: NDArray[np.float64],
    levels_up_to: NDArray[np.float64],
    skills: NDArray[np.uint16],
    levels: NDArray[np.uint8],
) -> None:
    """Fill `skills` with distinct skills for each owner, and `levels` with their packed levels.

    `order` has the skills family by family; `until` sums their popularity up, `family_until` by family.
    """
    homes = np.empty(2, dtype=np.int32)
    for owner in range(len(starts) - 1):
        for home in range(2):
            homes[home] = family[np.searchsorted(until, random.random() * until[-1])]
        cell = starts[owner]
        while cell < starts[owner + 1]:
            low, high = 0.0, until[-1]
            at_home = random.random() < AT_HOME
            if at_home:
                home = homes[int(random.random() < 0.5)]
                low, high = family_until[home], family_until[home + 1]
            place = int(np.searchsorted(until, low + random.random() * (high - low)))
            skill = order[min(place, len(order) - 1)]
            repeated = False
            for other in range(starts[owner], cell):
                repeated |= skills[other] == skill
            if repeated:
                continue
            level = 1 + int(np.searchsorted(levels_up_to, random.random()))
            if at_home and random.random() < 0.4:
                level = min(5, level + 1)
            if random.random() < 1 / 3:
                claimed = level + 1 if level < 5 and random.random() < 0.2 else 0
                levels[cell] = level << 3 | claimed
            else:
                levels[cell] = level
            skills[cell] = skill
            cell += 1
