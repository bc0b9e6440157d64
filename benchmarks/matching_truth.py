"""A world with a hidden truth: who would really succeed at what. The engine sees only what people report.

Nothing here is the engine's formula. Students have latent abilities: a general one, for families, for groups
and for each skill, so that whoever can do one thing can mostly do its kin, listed or not. They list what they
practise, popular skills more often, at levels that they misjudge, each with an own bias; a certificate errs
less. A task succeeds by a logistic curve of ability against what it really takes, which is not quite what the
factory wrote; team mates help each other with diminishing returns; the weakest task counts most (a weighted
product). Hours saturate, unreliably, and journeys eat into them. Some teams just work well together.

`Mechanisms` changes what a reader may or may not believe in: how soon more hours stop to help, the attention
that scattered interests take away, and projects between shop floor and IT that fail where one side is weak.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.matching_data import CITIES, CITIES_OF_A_PROVINCE, place_of
from domain.matching import Levels, Need, SkillNeed, Supply, Taxonomy
from domain.matching.taxonomy import Side
from domain.matching.validation import normalise_weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SLOPE = 1.5
HELP = (1.0, 0.4, 0.2, 0.1)  # how much the best, the second … of a team contribute to a task
JOURNEY_HOURS = (0.0, 1.5, 3.0)  # a week, within the city, within the province, beyond


@dataclass(frozen=True, slots=True)
class Mechanisms:
    """How soon more hours stop to help, and how strongly scattered interests and a weak side hurt."""

    saturation: float = 1.6
    distraction: float = 0.0
    gap: float = 0.0


class World:
    """Teams with what is hidden and what is seen of them; the same seed makes the same world."""

    def __init__(self, taxonomy: Taxonomy, teams: int, seed: int, mechanisms: Mechanisms) -> None:
        self._random = np.random.default_rng([seed, 7])
        self._taxonomy, self._mechanisms = taxonomy, mechanisms
        self._families, self._family = np.unique([one.family for one in taxonomy], return_inverse=True)
        self._groups, self._group = np.unique([one.group for one in taxonomy], return_inverse=True)
        self._ot = np.array([one.side is Side.OT for one in taxonomy])
        self._popularity = 1 / (self._random.permutation(len(taxonomy)) + 3.0)
        self._members = np.repeat(np.arange(teams), self._random.integers(2, 5, teams))
        self._ability = self._abilities(len(self._members))
        self._listed = self._listings()
        self._cities = self._random.integers(0, CITIES, teams)
        self._hours = self._random.integers(2, 17, teams).astype(float)
        self._reliability = np.exp(self._random.normal(0, 0.25, teams))
        self._cohesion = np.exp(self._random.normal(0, 0.15, teams))
        self._scatter = self._scattered(teams)
        self.supplies = self._reported(teams)

    def _abilities(self, students: int) -> NDArray[np.float32]:
        """True levels on the scale of the taxonomy, not rounded: a row for each student."""
        random = self._random
        general = random.normal(0, 0.4, (students, 1))
        family = random.normal(-0.3, 0.4, (students, len(self._families)))
        for _ in range(2):
            family[np.arange(students), random.integers(0, len(self._families), students)] += 1.2
        group = random.normal(0, 0.6, (students, len(self._groups)))
        own = random.normal(0, 0.6, (students, len(self._taxonomy)))
        return (1.3 + general + family[:, self._family] + group[:, self._group] + own).astype(np.float32)

    def _listings(self) -> list[Ints]:
        """What each student practises and lists; practice makes better by one level or so."""
        wish = 1.2 * self._ability + np.log(self._popularity)
        wish += self._random.gumbel(0, 1, wish.shape)
        counts = self._random.integers(4, 9, len(wish))
        listed = [np.argsort(-row)[:count] for row, count in zip(wish, counts, strict=True)]
        for row, skills in zip(self._ability, listed, strict=True):
            row[skills] += self._random.normal(1.0, 0.3, len(skills))
        return listed

    def _scattered(self, teams: int) -> Floats:
        """How many families a team's practised skills spread over, standardised."""
        families: list[set[int]] = [set() for _ in range(teams)]
        for team, skills in zip(self._members.tolist(), self._listed, strict=True):
            families[team].update(self._family[skills].tolist())
        spread = np.array([len(one) for one in families], dtype=float)
        standardised: Floats = (spread - spread.mean()) / spread.std()
        return standardised

    def _reported(self, teams: int) -> list[Supply]:
        random = self._random
        held: list[dict[str, Levels]] = [{} for _ in range(teams)]
        schools = random.integers(0, 40, len(self._members))
        at: list[set[str]] = [set() for _ in range(teams)]
        for student, (team, skills) in enumerate(zip(self._members.tolist(), self._listed, strict=True)):
            bias = random.normal(0.3, 0.6)
            at[team].add(f"school-{schools[student]}")
            for skill in skills.tolist():
                certified = random.random() < 1 / 3
                error = random.normal(0, 0.3) if certified else random.normal(bias, 0.7)
                level = int(np.clip(round(self._ability[student, skill] + error), 1, 5))
                told = Levels(certified=level) if certified else Levels(self_rated=level)
                code = self._taxonomy.skills[skill].code
                held[team][code] = held[team].get(code, Levels()) | told
        return [
            Supply(
                f"team-{team:05}",
                1,
                held[team],
                frozenset(at[team]),
                float(self._hours[team]),
                *place_of(self._cities[team]),
            )
            for team in range(teams)
        ]

    def challenge(self, number: int) -> tuple[Need, Floats]:
        """A need as the factory writes it, and how well each team would really do, from 0 to 1 or so."""
        random = self._random
        skills = self._asked()
        levels = random.integers(2, 5, len(skills))
        stated = random.integers(1, 4, len(skills)).astype(float)
        city, remote, hours = int(random.integers(0, CITIES)), random.random() < 0.3, random.integers(4, 13)
        asked = [
            SkillNeed(self._taxonomy.skills[skill].code, int(level), float(weight))
            for skill, level, weight in zip(skills.tolist(), levels, stated, strict=True)
        ]
        need = Need(
            f"challenge-{number}",
            1,
            normalise_weights(asked),
            float(hours),
            *place_of(city),
            remote=bool(remote),
        )
        solved = self._solved(skills, levels + random.normal(0, 0.4, len(skills)))
        weights = stated * np.exp(random.normal(0, 0.3, len(skills)))
        outcome = np.exp(np.log(solved) @ (weights / weights.sum()))
        outcome *= self._progress(city, bool(remote), float(hours)) * self._cohesion
        return need, outcome * self._planted(skills, solved)

    def _asked(self) -> Ints:
        """Four to six skills, mostly of two families, popular ones more often."""
        random = self._random
        homes = random.choice(len(self._families), 2, replace=False)
        weight = self._popularity * np.where(np.isin(self._family, homes), 12.0, 1.0)
        return random.choice(len(weight), random.integers(4, 7), replace=False, p=weight / weight.sum())

    def _solved(self, skills: Ints, required: Floats) -> Floats:
        """How surely each team solves each task."""
        alone = 1 / (1 + np.exp(-SLOPE * (self._ability[:, skills] - required)))
        solved = np.empty((len(self._cohesion), len(skills)))
        starts = np.searchsorted(self._members, np.arange(len(solved) + 1))
        for team in range(len(solved)):
            best_first = -np.sort(-alone[starts[team] : starts[team + 1]], axis=0)
            solved[team] = 1 - np.prod(
                1 - best_first * np.array(HELP[: len(best_first)])[:, np.newaxis], axis=0
            )
        return solved

    def _progress(self, city: int, remote: bool, hours: float) -> Floats:
        """What the hours that are left after the journeys achieve."""
        near = self._cities // CITIES_OF_A_PROVINCE == city // CITIES_OF_A_PROVINCE
        distance = np.where(self._cities == city, 0, np.where(near, 1, 2))
        journeys = 0.0 if remote else np.array(JOURNEY_HOURS)[distance]
        left = np.maximum(self._hours * self._reliability - journeys, 0.5)
        progress: Floats = 1 - np.exp(-self._mechanisms.saturation * left / hours)
        return progress

    def _planted(self, skills: Ints, solved: Floats) -> Floats:
        factor = np.exp(-self._mechanisms.distraction * self._scatter)
        ot = self._ot[skills]
        if ot.any() and not ot.all():
            gap = np.abs(solved[:, ot].mean(axis=1) - solved[:, ~ot].mean(axis=1))
            factor *= np.exp(-self._mechanisms.gap * gap)
        return factor
