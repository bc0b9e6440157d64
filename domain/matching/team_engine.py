"""The compiled engine over the main part of an index of teams: its posting lists and its queries."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from domain.matching.compiled import KERNELS
from domain.matching.layers import Layers
from domain.matching.postings import FAMILY_BITS, Postings
from domain.matching.ranking import Floats, Keys, Scored
from domain.matching.score import FOCUS_THRESHOLD
from domain.matching.table import Table
from domain.matching.taxonomy import Taxonomy
from domain.matching.team_kernel import FULL, Query, Teams, rows_from, top_rows
from domain.matching.team_plan import TeamPlan

COMPILED_FROM = 4096 if KERNELS else None
MOST_COUNTED = 255


def family_numbers(taxonomy: Taxonomy) -> NDArray[np.uint8]:
    """The number of each skill's family, modulo 64, in the order of the skills."""
    numbers = {
        family: place for place, family in enumerate(dict.fromkeys(skill.family for skill in taxonomy))
    }
    return np.array([numbers[skill.family] % FAMILY_BITS for skill in taxonomy], dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class TeamState:
    """What an index of teams holds at one moment; `postings` is None where the plain way is used."""

    layers: Layers
    postings: Postings | None
    families: NDArray[np.uint8]
    compiled_from: int | None

    @classmethod
    def of(cls, layers: Layers, families: NDArray[np.uint8], compiled_from: int | None) -> Self:
        """The state of some layers, with posting lists where `compiled_from` rows are reached."""
        lists = _postings(layers.main, families, compiled_from)
        return cls(layers, lists, families, compiled_from)

    def with_layers(self, layers: Layers) -> Self:
        """The state of other layers; posting lists are kept while the main part is the same."""
        if layers.main is not self.layers.main:
            return self.of(layers, self.families, self.compiled_from)
        return replace(self, layers=layers)

    def main_standing(self, plan: TeamPlan, floor: float) -> tuple[Keys, Floats] | None:
        """The ids and scores of the main part's rows from `floor` on; None where it has no posting lists."""
        if self.postings is None:
            return None
        query = _query(plan, self.families)
        scores, rows = rows_from(_teams(self.layers, self.postings), query, floor)
        return self.layers.main.keys[rows], scores

    def main_leaders(self, plan: TeamPlan, k: int) -> list[Scored] | None:
        """The k best rows of the main part by the compiled engine; None where it has no posting lists."""
        if self.postings is None:
            return None
        main = self.layers.main
        query = _query(plan, self.families)
        scores, rows = top_rows(_teams(self.layers, self.postings), query, k)
        return [(float(score), main.key(row)) for score, row in zip(scores, rows, strict=True)]


def _postings(main: Table, families: NDArray[np.uint8], compiled_from: int | None) -> Postings | None:
    if compiled_from is None or len(main) < max(1, compiled_from):
        return None
    if np.diff(main.starts).max() > MOST_COUNTED:  # the kernel counts a team's useful skills in a byte
        return None
    return Postings.of(main.starts, main.ragged["words"], families)


def _teams(layers: Layers, postings: Postings) -> Teams:
    main = layers.main
    return Teams(
        main.starts,
        main.ragged["words"],
        postings.bounds,
        postings.rows,
        postings.codes,
        postings.families,
        layers.alive,
        main.fixed["available"],
        main.fixed["hours"],
        main.fixed["place"],
        main.fixed["schools"],
    )


def _query(plan: TeamPlan, families: NDArray[np.uint8]) -> Query:
    highest = plan.earned.max(axis=2)
    near = highest >= FOCUS_THRESHOLD
    needs, slots = np.nonzero(near)
    first_of_skill = needs == near.argmax(axis=0)[slots]
    required = plan.mandatory.any(axis=2).argmax(axis=1)
    policy = plan.policy
    return Query(
        plan.slots,
        np.ascontiguousarray(np.moveaxis(plan.earned, 0, 2)),
        plan.useful,
        plan.weights,
        plan.ot,
        float(plan.ot_share),
        float(policy.coverage),
        float(policy.focus),
        float(policy.balance),
        plan.availability,
        plan.site,
        plan.schools,
        np.column_stack([needs, plan.skills[slots]]).astype(np.int32),
        _bytes(plan.earned[needs, slots]),
        (plan.useful[slots] & first_of_skill[:, np.newaxis]).astype(np.uint8),
        _bytes(np.where(near, 0.0, highest).max(axis=1)),
        families[plan.wanted].astype(np.uint64),
        plan.skills[required],
        plan.mandatory[np.arange(len(required)), required].astype(np.uint8),
    )


def _bytes(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Credits as bytes, rounded up."""
    return np.ceil(shares * FULL).astype(np.uint8)
