"""A need made ready for ranking: look-up tables over skills, levels, hours, places and sets of schools."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from domain.matching.model import Need, Policy, SkillNeed
from domain.matching.ranking import Floats, Rows
from domain.matching.score import (
    FOCUS_THRESHOLD,
    availability,
    credit,
    eligible,
    has_mentors,
    ot_share,
    site,
)
from domain.matching.table import Table
from domain.matching.taxonomy import Side, Skill, Taxonomy
from domain.matching.validation import validate_need, validate_policy
from domain.matching.vocabulary import Vocabulary
from domain.matching.words import BEST_OF_CODE, CODE_BITS, CODE_MASK, CODES, LEVELS_OF_CODE, MAX_SKILLS


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """The tables of one query; `n` required skills, `s` related skills (slot 0 stands for all others).

    `slots[skill]` is the slot of a skill's index; a row of a table holds the 32 level codes of one slot.
    Values come from the functions of `score`, so that sums over them equal the oracle's.
    """

    wanted: NDArray[np.int32]  # (n,): the indexes of the required skills
    skills: NDArray[np.int32]  # (s,): the index of the skill of each slot
    slots: NDArray[np.int16]
    earned: Floats  # (n, s, 32): what a skill at a level earns towards a required skill
    useful: NDArray[np.bool_]  # (s, 32): earns at least half credit towards one of them
    mandatory: NDArray[np.bool_]  # (m, s, 32): fulfils the mandatory skill, a row for each
    weights: Floats  # (n,)
    ot: NDArray[np.bool_]  # (n,)
    ot_share: float
    availability: Floats  # by number of hours, weighed
    site: Floats  # by number of place, weighed
    schools: NDArray[np.bool_]  # by number of set of schools: passes eligibility and mentor capacity
    policy: Policy

    def passing(self, table: Table, rows: Rows) -> Rows:
        """Those of `rows` that pass every gate."""
        fixed = table.fixed
        rows = rows[fixed["available"][rows] & self.schools[fixed["schools"][rows]]]
        for fulfils in self.mandatory:
            rows = rows[_Cells(table, self.slots, rows).any(fulfils)]
        return rows

    def evaluate(self, table: Table, rows: Rows) -> Floats:
        """The scores of `rows`, whether or not they pass the gates: `score`, over arrays."""
        cells = _Cells(table, self.slots, rows)
        coverage, earned_ot = np.zeros(len(rows)), np.zeros(len(rows))
        for weight, is_ot, earned in zip(self.weights, self.ot, self.earned, strict=True):
            weighted = weight * cells.max(earned)
            coverage += weighted
            if is_ot:
                earned_ot += weighted
        useful = cells.count(self.useful)
        focus = np.divide(useful, cells.counts, out=np.zeros(len(rows)), where=cells.counts > 0)
        policy = self.policy
        return (
            policy.coverage * coverage
            + policy.focus * focus
            + policy.balance * balance(coverage, earned_ot, self.ot_share)
            + self.availability[table.fixed["hours"][rows]]
            + self.site[table.fixed["place"][rows]]
        )


def balance(coverage: Floats, earned_ot: Floats, ot_share: float | Floats) -> Floats:
    """One minus the distance of the OT share of what was earned to that of the need; 0 without credit."""
    earns = coverage > 0
    share = np.divide(earned_ot, coverage, out=np.zeros(len(coverage)), where=earns)
    return np.where(earns, 1 - np.abs(share - ot_share), 0.0)


class _Cells:
    """The skills of some rows, ready for look-ups in tables over slots and level codes."""

    def __init__(self, table: Table, slots: NDArray[np.int16], rows: Rows) -> None:
        positions, self.counts = table.positions(rows)
        words = table.ragged["words"][positions]
        self._places = (slots[words >> CODE_BITS], words & CODE_MASK)
        self._filled = self.counts > 0
        self._firsts = (np.cumsum(self.counts) - self.counts)[self._filled]

    def max(self, values: Floats) -> Floats:
        """The highest value of each row's skills, 0 for a row without skills."""
        highest = np.zeros(len(self.counts))
        if len(self._firsts):
            highest[self._filled] = np.maximum.reduceat(values[self._places], self._firsts)
        return highest

    def count(self, holds: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many of each row's skills hold."""
        number = np.zeros(len(self.counts), dtype=np.int64)
        if len(self._firsts):
            number[self._filled] = np.add.reduceat(holds[self._places].astype(np.int64), self._firsts)
        return number

    def any(self, holds: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether one of each row's skills holds."""
        return self.count(holds) > 0


def plan_for_teams(
    need: Need,
    taxonomy: Taxonomy,
    policy: Policy,
    vocabulary: Vocabulary,
    full_schools: frozenset[str] = frozenset(),
) -> TeamPlan:
    """Prepare a need. Raises the errors of `validate_need` and `validate_policy`."""
    validate_need(need, taxonomy)
    validate_policy(policy)
    wanted = [taxonomy.skill(asked.skill) for asked in need.skills]
    skills = np.array([-1, *_related(wanted, taxonomy, policy)], dtype=np.int32)
    slots = np.zeros(MAX_SKILLS, dtype=np.int16)
    slots[skills[1:]] = np.arange(1, len(skills))
    earned = np.zeros((len(wanted), len(skills), CODES))
    for row, (asked, skill) in enumerate(zip(need.skills, wanted, strict=True)):
        if policy.substitutes:
            cousins = slots[list(taxonomy.indexes_in(skill.family))]
            earned[row, cousins] = _credit_by_code(policy.cousin, asked.level, policy)
            siblings = slots[list(taxonomy.indexes_in(skill.group))]
            earned[row, siblings] = _credit_by_code(policy.sibling, asked.level, policy)
        own = slots[taxonomy.index_of(skill.code)]
        earned[row, own] = _credit_by_code(1.0, asked.level, policy)
    return TeamPlan(
        np.array([taxonomy.index_of(skill.code) for skill in wanted], dtype=np.int32),
        skills,
        slots,
        earned,
        np.any(earned >= FOCUS_THRESHOLD, axis=0),
        _mandatory(need, slots, len(skills), taxonomy),
        np.array([asked.weight for asked in need.skills]),
        np.array([skill.side is Side.OT for skill in wanted]),
        ot_share(need, taxonomy),
        np.array(
            [
                policy.availability * availability(need.hours_per_week, hours)
                for hours in vocabulary.hours.values
            ]
        ),
        np.array([policy.site * site(need, *place) for place in vocabulary.places.values]),
        np.array(
            [
                eligible(need.eligible_schools, schools) and has_mentors(schools, full_schools)
                for schools in vocabulary.schools.values
            ],
            dtype=np.bool_,
        ),
        policy,
    )


def _related(wanted: Sequence[Skill], taxonomy: Taxonomy, policy: Policy) -> list[int]:
    """The indexes of the skills that can earn credit towards the wanted ones."""
    if not policy.substitutes:
        return [taxonomy.index_of(skill.code) for skill in wanted]
    families = dict.fromkeys(skill.family for skill in wanted)
    return [index for family in families for index in taxonomy.indexes_in(family)]


@lru_cache(maxsize=256)
def _credit_by_code(similar: float, required: int, policy: Policy) -> Floats:
    earned = np.zeros(CODES)
    earned[: len(LEVELS_OF_CODE)] = [credit(similar, levels, required, policy) for levels in LEVELS_OF_CODE]
    return earned


def _mandatory(need: Need, slots: NDArray[np.int16], size: int, taxonomy: Taxonomy) -> NDArray[np.bool_]:
    def row(wanted: SkillNeed) -> NDArray[np.bool_]:
        fulfils = np.zeros((size, CODES), dtype=np.bool_)
        fulfils[slots[taxonomy.index_of(wanted.skill)]] = wanted.level <= BEST_OF_CODE
        return fulfils

    rows: Iterator[NDArray[np.bool_]] = (row(wanted) for wanted in need.skills if wanted.mandatory)
    return np.array(list(rows), dtype=np.bool_).reshape(-1, size, CODES)
