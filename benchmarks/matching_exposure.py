"""Who is shown by 10,000 challenges, one after the other: by exact ranks, and with fair turns in the band."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from benchmarks.matching_ranking import WITH, Stage
from benchmarks.report import Figure
from domain.matching import Hit, Taxonomy, rerank_exposure
from domain.matching.exposure import gini, ndcg, top_share

TEAMS, CHALLENGES, SHOWN = 20_000, 10_000, 20
MOST_COST = 0.01


def figures() -> list[Figure]:
    """Inequality of exposure among the teams that were shown at all, and what fairness cost."""
    stage = Stage.of(TEAMS, Taxonomy.load())
    exact: dict[str, float] = defaultdict(float)
    fair: dict[str, float] = defaultdict(float)
    kept = []
    for need in stage.market.needs(CHALLENGES):
        hits = stage.index.rank(need, SHOWN, WITH, full_schools=stage.market.full_schools)
        turns = rerank_exposure(hits, fair, WITH.exposure_band)
        _show(hits, exact)
        _show(turns, fair)
        kept.append(ndcg([hit.score for hit in turns]))
    cost = 1 - float(np.mean(kept))
    of = f"exposure over {CHALLENGES:,} challenges"
    return [
        Figure(f"{of}, Gini", gini(fair.values()), "", "exact order", gini(exact.values())),
        Figure(f"{of}, share of the top 1 %", _percent(fair), "%", "exact order", _percent(exact)),
        Figure(f"{of}, nDCG that it costs", cost * 100, "%", reach="≤ 1 %", reached=cost <= MOST_COST),
    ]


def _show(hits: list[Hit], exposure: dict[str, float]) -> None:
    """Add what each place of a page draws of attention."""
    for place, hit in enumerate(hits):
        exposure[hit.id] += 1 / float(np.log2(place + 2))


def _percent(exposure: Mapping[str, float]) -> float:
    return 100 * top_share(exposure.values())
