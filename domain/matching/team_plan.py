"""A need made ready for ranking: look-up tables over kinds of skills, levels, hours, places and schools."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from domain.matching.kinship import COUSIN, KINDS, SAME, SIBLING, Kinship
from domain.matching.model import Need, Policy
from domain.matching.ranking import Floats, Rows
from domain.matching.score import FOCUS_THRESHOLD, SAME_CITY, credit, ot_share
from domain.matching.table import Table
from domain.matching.taxonomy import Taxonomy
from domain.matching.validation import validate_need, validate_policy
from domain.matching.vocabulary import Vocabulary
from domain.matching.words import BEST_OF_CODE, CODE_BITS, CODE_MASK, CODES, LEVELS_OF_CODE


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """The tables of one query with `n` required skills, `m` of them mandatory.

    Values come from the functions of `score`, so that sums over them equal the oracle's.
    """

    wanted: NDArray[np.int32]  # (n,): the indexes of the required skills
    kinds: NDArray[np.uint8]  # (n, skills): what each skill of the taxonomy is to a required one
    earned: Floats  # (n, KINDS, CODES): what a skill of a kind at a level earns towards a required one
    weights: Floats  # (n,)
    ot: NDArray[np.bool_]  # (n,)
    ot_share: float
    required: NDArray[np.int32]  # (m,): the indexes of the mandatory skills
    fulfils: NDArray[np.bool_]  # (m, CODES): the levels that suffice
    availability: Floats  # by number of hours, weighed
    site: Floats  # by number of place, weighed
    schools: NDArray[np.bool_]  # by number of set of schools: passes eligibility and mentor capacity
    policy: Policy

    def passing(self, table: Table, rows: Rows) -> Rows:
        """Those of `rows` that pass every gate."""
        fixed = table.fixed
        rows = rows[fixed["available"][rows] & self.schools[fixed["schools"][rows]]]
        for skill, fulfils in zip(self.required, self.fulfils, strict=True):
            cells = _Cells(table, rows)
            rows = rows[cells.count((cells.skills == skill) & fulfils[cells.codes]) > 0]
        return rows

    def evaluate(self, table: Table, rows: Rows) -> Floats:
        """The scores of `rows`, whether or not they pass the gates: `score`, over arrays."""
        cells = _Cells(table, rows)
        coverage, earned_ot = np.zeros(len(rows)), np.zeros(len(rows))
        useful = np.zeros(len(cells.skills), dtype=np.bool_)
        for weight, is_ot, kinds, by_kind in zip(self.weights, self.ot, self.kinds, self.earned, strict=True):
            earned = by_kind[kinds[cells.skills], cells.codes]
            useful |= earned >= FOCUS_THRESHOLD
            weighted = weight * cells.max(earned)
            coverage += weighted
            if is_ot:
                earned_ot += weighted
        counts = cells.counts
        focus = np.divide(cells.count(useful), counts, out=np.zeros(len(rows)), where=counts > 0)
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
    """The skills and level codes of some rows, one row after the other."""

    def __init__(self, table: Table, rows: Rows) -> None:
        positions, self.counts = table.positions(rows)
        words = table.ragged["words"][positions]
        self.skills, self.codes = words >> CODE_BITS, words & CODE_MASK
        self._filled = self.counts > 0
        self._firsts = (np.cumsum(self.counts) - self.counts)[self._filled]

    def max(self, values: Floats) -> Floats:
        """The highest value of each row's cells, 0 for a row without cells."""
        highest = np.zeros(len(self.counts))
        if len(self._firsts):
            highest[self._filled] = np.maximum.reduceat(values, self._firsts)
        return highest

    def count(self, holds: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many of each row's cells hold."""
        number = np.zeros(len(self.counts), dtype=np.int64)
        if len(self._firsts):
            number[self._filled] = np.add.reduceat(holds.astype(np.int64), self._firsts)
        return number


def plan_for_teams(
    need: Need,
    taxonomy: Taxonomy,
    kinship: Kinship,
    policy: Policy,
    vocabulary: Vocabulary,
    full_schools: frozenset[str] = frozenset(),
) -> TeamPlan:
    """Prepare a need. Raises the errors of `validate_need` and `validate_policy`."""
    validate_need(need, taxonomy)
    validate_policy(policy)
    wanted = np.array([taxonomy.index_of(asked.skill) for asked in need.skills], dtype=np.int32)
    mandatory = np.array([asked.mandatory for asked in need.skills], dtype=np.bool_)
    levels = np.array([asked.level for asked in need.skills], dtype=np.int8)
    return TeamPlan(
        wanted,
        kinship.kinds(wanted, policy.substitutes),
        np.array([_earned(asked.level, policy) for asked in need.skills]),
        np.array([asked.weight for asked in need.skills], dtype=np.float64),
        kinship.ot[wanted],
        ot_share(need, taxonomy),
        wanted[mandatory],
        levels[mandatory, np.newaxis] <= BEST_OF_CODE,
        _availability(need.hours_per_week, vocabulary, policy),
        _site(need, vocabulary, policy),
        vocabulary.schools.admitted(need.eligible_schools, full_schools),
        policy,
    )


@lru_cache(maxsize=64)
def _earned(required: int, policy: Policy) -> Floats:
    """(KINDS, CODES): what a skill of a kind at a level earns towards a required level."""
    earned = np.zeros((KINDS, CODES))
    for kind, similar in ((COUSIN, policy.cousin), (SIBLING, policy.sibling), (SAME, 1.0)):
        earned[kind, : len(LEVELS_OF_CODE)] = [
            credit(similar, levels, required, policy) for levels in LEVELS_OF_CODE
        ]
    return earned


def _availability(needed: float, vocabulary: Vocabulary, policy: Policy) -> Floats:
    """The weighed share of the needed weekly hours, by number of hours: what `score.availability` says."""
    offered = np.array(vocabulary.hours.values, dtype=np.float64)
    shares = np.minimum(1.0, offered / needed) if needed > 0 else np.ones(len(offered))
    weighed: Floats = policy.availability * shares
    return weighed


def _site(need: Need, vocabulary: Vocabulary, policy: Policy) -> Floats:
    """The weighed nearness, by number of place: what `score.site` says."""
    if need.remote:
        return np.full(len(vocabulary.places.values), policy.site * SAME_CITY)
    return policy.site * vocabulary.places.nearness(need.city, need.province)
