"""Scores of many challenges for one team: the same operations in the same order as `score`, over arrays."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from domain.matching.model import HIGHEST_LEVEL, Levels, Policy, Supply
from domain.matching.ranking import Floats, Rows
from domain.matching.score import (
    FOCUS_THRESHOLD,
    SAME_CITY,
    availability,
    credit,
    eligible,
    has_mentors,
    similarity,
)
from domain.matching.table import Table
from domain.matching.taxonomy import Taxonomy
from domain.matching.team_plan import balance
from domain.matching.validation import validate_policy
from domain.matching.vocabulary import Vocabulary

LEVELS = HIGHEST_LEVEL + 1


@dataclass(frozen=True, slots=True)
class SupplyPlan:
    """The tables of one team over (skill index, required level), hours, places and eligible schools."""

    earned: Floats  # (skills, 6): the team's credit towards a skill at a required level
    useful: NDArray[np.bool_]  # (team skills, skills, 6): earns at least half credit
    best: NDArray[np.int8]  # (skills,): the team's level of the skill itself
    open: bool  # the team is available and one of its schools has mentors
    availability: Floats  # by number of hours, weighed
    site: Floats  # by number of place, weighed, where the work is on site
    schools: NDArray[np.bool_]  # by number of eligible set
    policy: Policy

    def passing(self, table: Table, rows: Rows) -> Rows:
        """Those of `rows` whose gates let the team in."""
        if not self.open:
            return rows[:0]
        rows = rows[self.schools[table.fixed["schools"][rows]]]
        cells, counts = table.positions(rows)
        level = self.best[table.ragged["skill"][cells]]
        lacking = table.ragged["mandatory"][cells] & (level < table.ragged["level"][cells])
        return rows[~_any_by_row(lacking, counts)]

    def evaluate(self, table: Table, rows: Rows) -> Floats:
        """The scores of `rows`, whether or not their gates let the team in: `score`, over arrays."""
        cells, counts = table.positions(rows)
        asked = (table.ragged["skill"][cells], table.ragged["level"][cells])
        weighted = table.ragged["weight"][cells] * self.earned[asked]
        coverage = _sum_by_row(weighted, counts)
        earned_ot = _sum_by_row(np.where(table.ragged["ot"][cells], weighted, 0.0), counts)
        useful = np.zeros(len(rows), dtype=np.int64)
        for by_skill in self.useful:
            useful += _any_by_row(by_skill[asked], counts)
        policy = self.policy
        on_site = self.site[table.fixed["place"][rows]]
        return (
            policy.coverage * coverage
            + policy.focus * (useful / max(1, len(self.useful)))
            + policy.balance * balance(coverage, earned_ot, table.fixed["ot_share"][rows])
            + self.availability[table.fixed["hours"][rows]]
            + np.where(table.fixed["remote"][rows], policy.site * SAME_CITY, on_site)
        )


def plan_for_challenges(
    supply: Supply, taxonomy: Taxonomy, policy: Policy, vocabulary: Vocabulary, full_schools: frozenset[str]
) -> SupplyPlan:
    """Prepare a team. Skills that the taxonomy does not know count for nothing. Raises InvalidPolicy."""
    validate_policy(policy)
    held = {code: levels for code, levels in supply.skills.items() if code in taxonomy and levels.best > 0}
    by_skill = np.zeros((len(held), len(taxonomy), LEVELS))
    best = np.zeros(len(taxonomy), dtype=np.int8)
    for row, (code, levels) in enumerate(held.items()):
        _fill(by_skill[row], code, levels, taxonomy, policy)
        best[taxonomy.index_of(code)] = levels.best
    return SupplyPlan(
        by_skill.max(axis=0, initial=0.0),
        np.asarray(by_skill >= FOCUS_THRESHOLD),
        best,
        supply.available and has_mentors(supply.schools, full_schools),
        np.array(
            [
                policy.availability * availability(needed, supply.hours_per_week)
                for needed in vocabulary.hours.values
            ]
        ),
        policy.site * vocabulary.places.nearness(supply.city, supply.province),
        np.array([eligible(schools, supply.schools) for schools in vocabulary.schools.values], np.bool_),
        policy,
    )


def _fill(table: Floats, code: str, levels: Levels, taxonomy: Taxonomy, policy: Policy) -> None:
    """What one skill of the team earns towards each skill of its family at each level."""
    held = taxonomy.skill(code)
    for wanted in taxonomy.family(held.family):
        similar = similarity(wanted, held, policy)
        table[taxonomy.index_of(wanted.code)] = _credit_by_level(similar, levels, policy)


@lru_cache(maxsize=1024)
def _credit_by_level(similar: float, levels: Levels, policy: Policy) -> Floats:
    earned = np.zeros(LEVELS)
    earned[1:] = [credit(similar, levels, required, policy) for required in range(1, LEVELS)]
    return earned


def _any_by_row(holds: NDArray[np.bool_], counts: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Whether one of each row's cells holds; every row has cells, because a need asks for a skill."""
    if not len(counts):
        return np.zeros(0, dtype=np.bool_)
    found: NDArray[np.bool_] = np.logical_or.reduceat(holds, np.cumsum(counts) - counts)
    return found


def _sum_by_row(values: Floats, counts: NDArray[np.int32]) -> Floats:
    """Each row's cells added up one after the other, as the oracle does (`reduceat` may add in pairs)."""
    sums = np.zeros(len(counts))
    firsts = np.cumsum(counts) - counts
    for step in range(int(counts.max(initial=0))):
        longer = np.flatnonzero(counts > step)
        sums[longer] += values[firsts[longer] + step]
    return sums
