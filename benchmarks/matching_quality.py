"""How well rankings find the teams that would really succeed, in worlds whose truth is known.

`python -m benchmarks.matching_quality` prints the tables of docs/matching-quality.md, and with `fit` the
policy that a search in other worlds finds.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import matching_exposure
from benchmarks.matching_truth import Mechanisms, World
from benchmarks.report import Figure
from domain.matching import Need, Policy, Taxonomy, TeamIndex
from domain.matching.exposure import ndcg

TEAMS, CHALLENGES = 2_000, 100
TESTED, FITTED = (1, 2, 3), (11, 12, 13)  # weights are sought in other worlds than they are tried in
K = 10
GRADES = ((0.25, 1), (0.10, 2), (0.03, 3), (0.01, 4))  # the best hundredth of the teams is worth most
RESAMPLES = 2_000
PLAIN = "abilities, hours and journeys"
TRUTHS = {
    PLAIN: Mechanisms(),
    "the same, where hours matter less": Mechanisms(saturation=4.0),
    "the same, where scattered interests and a weak side of OT and IT hurt": Mechanisms(
        distraction=0.15, gap=0.8
    ),
}

Floats = NDArray[np.float64]
DEFAULT = Policy()
PROPOSED = Policy(version=2, coverage=0.70, focus=0.08, balance=0.0, availability=0.18, site=0.04)
ABLATIONS: Mapping[str, Policy] = {
    "focus": replace(DEFAULT, focus=0.0),
    "balance": replace(DEFAULT, balance=0.0),
    "availability": replace(DEFAULT, availability=0.0),
    "site": replace(DEFAULT, site=0.0),
    "certification factor": replace(DEFAULT, uncertified=1.0),
    "substitutes": replace(DEFAULT, substitutes=False),
    "credit for cousins": replace(DEFAULT, cousin=0.0),
}
CHOICES: Mapping[str, tuple[float, ...]] = {
    "focus": (0.0, 0.02, 0.05, 0.10, 0.15, 0.20),
    "balance": (0.0, 0.02, 0.04, 0.08, 0.12),
    "availability": (0.0, 0.04, 0.07, 0.12, 0.18, 0.25, 0.35),
    "site": (0.0, 0.02, 0.05, 0.08, 0.12),
    "uncertified": (0.7, 0.8, 0.85, 0.9, 0.95, 1.0),
    "sibling": (0.2, 0.35, 0.5, 0.65, 0.8),
    "cousin": (0.0, 0.1, 0.25, 0.35),
}


class Trial:
    """The challenges of one world, with what each team is worth to each."""

    def __init__(self, seed: int, mechanisms: Mechanisms, taxonomy: Taxonomy) -> None:
        world = World(taxonomy, TEAMS, seed, mechanisms)
        self._taxonomy, self._random = taxonomy, np.random.default_rng(seed)
        self._index = TeamIndex.build(world.supplies, taxonomy, compiled_from=0)
        self._number = {supply.team_id: number for number, supply in enumerate(world.supplies)}
        self._levels = np.zeros((TEAMS, len(taxonomy)))
        for number, supply in enumerate(world.supplies):
            for code, levels in supply.skills.items():
                self._levels[number, taxonomy.index_of(code)] = levels.best
        self._cases = [(need, _gains(outcome)) for need, outcome in map(world.challenge, range(CHALLENGES))]

    def by_policy(self, policy: Policy) -> list[float]:
        """nDCG@10 of the engine's ranking for each challenge."""
        return [
            _worth([self._number[hit.id] for hit in self._index.rank(need, K, policy)], gains)
            for need, gains in self._cases
        ]

    def by_rule(self, rule: str) -> list[float]:
        """nDCG@10 of a simple rule: "random", "binary coverage", "ratio coverage" or "cosine"."""
        return [
            _worth(np.argsort(-self._scores(need, rule), kind="stable")[:K], gains)
            for need, gains in self._cases
        ]

    def _scores(self, need: Need, rule: str) -> Floats:
        if rule == "random":
            return self._random.random(TEAMS)
        skills = [self._taxonomy.index_of(asked.skill) for asked in need.skills]
        weights = np.array([asked.weight for asked in need.skills])
        required = np.array([float(asked.level) for asked in need.skills])
        held = self._levels[:, skills]
        if rule == "binary coverage":
            return np.asarray((held > 0) @ weights)
        if rule == "ratio coverage":
            return np.asarray(np.minimum(1, held / required) @ weights)
        return np.asarray(held @ (weights * required) / np.linalg.norm(self._levels, axis=1))


RULES = ("random", "binary coverage", "cosine", "ratio coverage")


def _gains(outcome: Floats) -> Floats:
    """2^grade − 1 by each team's place among the outcomes for a challenge."""
    place = np.empty(len(outcome))
    place[np.argsort(-outcome)] = np.arange(len(outcome)) / len(outcome)
    grades = np.zeros(len(outcome))
    for fraction, grade in GRADES:
        grades[place < fraction] = grade
    gains: Floats = 2**grades - 1
    return gains


def _worth(shown: Sequence[int] | NDArray[np.intp], gains: Floats) -> float:
    return ndcg(gains[shown].tolist(), np.sort(gains)[::-1][:K].tolist())


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over challenges with the bootstrap's 95 % interval."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Floats) -> "Interval":
        """By resampling the challenges."""
        drawn = np.random.default_rng(0).integers(0, len(values), (RESAMPLES, len(values)))
        low, high = np.percentile(values[drawn].mean(axis=1), (2.5, 97.5))
        return cls(float(values.mean()), float(low), float(high))

    def text(self, sign: str = "") -> str:
        """For a table; differences are written with the sign "+"."""
        mean, low, high = (format(value, f"{sign}.3f") for value in (self.mean, self.low, self.high))
        return f"{mean} ({low} to {high})"


@dataclass(frozen=True)
class Study:
    """One truth, some worlds."""

    truth: str
    seeds: Sequence[int]

    @cached_property
    def trials(self) -> list[Trial]:
        """The worlds' challenges."""
        taxonomy = Taxonomy.load()
        return [Trial(seed, TRUTHS[self.truth], taxonomy) for seed in self.seeds]

    def policy(self, policy: Policy) -> Floats:
        """nDCG@10 of a policy for every challenge."""
        return np.concatenate([trial.by_policy(policy) for trial in self.trials])

    def rule(self, rule: str) -> Floats:
        """nDCG@10 of a simple rule for every challenge."""
        return np.concatenate([trial.by_rule(rule) for trial in self.trials])


def fitted() -> Policy:
    """Weights sought one after the other in worlds of every truth."""
    studies = [Study(truth, FITTED) for truth in TRUTHS]

    def worth(policy: Policy) -> float:
        return float(np.mean([study.policy(policy) for study in studies]))

    best, value = DEFAULT, worth(DEFAULT)
    for _ in range(2):
        for name, choices in CHOICES.items():
            for choice in choices:
                change: dict[str, Any] = {name: choice}
                changed = replace(best, **change)
                if changed.cousin <= changed.sibling and (found := worth(changed)) > value:
                    best, value = changed, found
    return best


def figures() -> list[Figure]:
    """nDCG@10 of the shipped policy beside simple rules, and the exposure."""
    study = Study(PLAIN, TESTED)
    ours = float(study.policy(DEFAULT).mean())
    beside = [
        Figure("quality: nDCG@10 in planted worlds", ours, "", rule, float(study.rule(rule).mean()))
        for rule in RULES
    ]
    return [*beside, *matching_exposure.figures()]


def _tables(study: Study) -> str:
    ours, theirs = study.policy(DEFAULT), study.policy(PROPOSED)
    lines = [f"### {study.truth}", "", "| ranking | nDCG@10 |", "| --- | --- |"]
    lines += [f"| {rule} | {Interval.of(study.rule(rule)).text()} |" for rule in RULES]
    lines += [
        f"| shipped policy | {Interval.of(ours).text()} |",
        f"| proposed policy | {Interval.of(theirs).text()} |",
    ]
    lines += ["", "| without | nDCG@10 that the term adds |", "| --- | --- |"]
    lines += [
        f"| {name} | {Interval.of(ours - study.policy(one)).text('+')} |" for name, one in ABLATIONS.items()
    ]
    return "\n".join([*lines, "", f"The proposed policy adds {Interval.of(theirs - ours).text('+')}."])


def main() -> None:
    """Print the tables, or the policy that was found."""
    if sys.argv[1:] == ["fit"]:
        print(fitted())
        return
    for truth in TRUTHS:
        print(_tables(Study(truth, TESTED)), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
