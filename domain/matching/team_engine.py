"""The compiled engine over the main part of an index of teams: its posting lists and its queries."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from domain.matching.compiled import KERNELS
from domain.matching.layers import Layers
from domain.matching.postings import FAMILY_BITS, Postings
from domain.matching.ranking import Floats, Keys, Scored
from domain.matching.table import Steps, Table, finished
from domain.matching.team_kernel import rows_from, top_rows
from domain.matching.team_plan import TeamPlan
from domain.matching.team_query import MOST_SUMMED, Query, Teams

COMPILED_FROM = 4096 if KERNELS else None


@dataclass(frozen=True, slots=True)
class TeamState:
    """What an index of teams holds at one moment; `postings` is None where the plain way is used."""

    layers: Layers
    postings: Postings | None
    families: NDArray[np.uint16]
    compiled_from: int | None

    @classmethod
    def of(cls, layers: Layers, families: NDArray[np.uint16], compiled_from: int | None) -> Self:
        """The state of some layers, with posting lists where `compiled_from` rows are reached."""
        lists = finished(postings_of(layers.main, families, compiled_from))
        return cls(layers, lists, families, compiled_from)

    def changed(self, layers: Layers) -> Self:
        """The state of layers with the same main part."""
        return replace(self, layers=layers)

    def renewed(self, layers: Layers, postings: Postings | None) -> Self:
        """The state of layers with another main part, and its posting lists."""
        return replace(self, layers=layers, postings=postings)

    def preparing(self, main: Table) -> Steps[Postings | None]:
        """The posting lists of another main part."""
        return postings_of(main, self.families, self.compiled_from)

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


def postings_of(
    main: Table, families: NDArray[np.uint16], compiled_from: int | None
) -> Steps[Postings | None]:
    """Posting lists, in steps; None where the plain way is used."""
    if compiled_from is None or len(main) < max(1, compiled_from):
        return None
    return (yield from Postings.making(main, families))


def _teams(layers: Layers, postings: Postings) -> Teams:
    main = layers.main
    return Teams(
        main.starts,
        main.ragged["words"],
        postings.bounds,
        postings.rows,
        postings.families,
        postings.facts,
        layers.alive,
    )


def _query(plan: TeamPlan, families: NDArray[np.uint16]) -> Query:
    policy = plan.policy
    return Query(
        not policy.substitutes and len(plan.weights) <= MOST_SUMMED,
        plan.wanted,
        np.ascontiguousarray(plan.kinds.T),
        plan.earned,
        np.argsort(plan.earned.reshape(len(plan.weights), -1), axis=1, kind="stable"),
        plan.weights,
        plan.ot,
        float(plan.ot_share),
        float(policy.coverage),
        float(policy.focus),
        float(policy.balance),
        plan.availability,
        plan.site,
        plan.schools,
        families[plan.wanted] % FAMILY_BITS,
        plan.required,
        plan.fulfils,
    )
