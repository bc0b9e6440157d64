"""Fair exposure: equally good hits take turns at being shown first. Ranks and scores stay what they are."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from domain.matching.errors import InvalidPolicy
from domain.matching.model import Hit

HANDICAP = 3  # widths of the band


def rerank_exposure(hits: Sequence[Hit], impressions: Mapping[str, float], epsilon: float) -> list[Hit]:
    """The order in which to show a ranking: within a band, those shown often give way to those shown less.

    Within a band, order is by score less three times `epsilon` for whoever was shown most, and in proportion
    for the others: a small lead does not outweigh many impressions, nor a few impressions a large lead. This
    evens exposure out nearly as much as going by impressions alone, at two thirds of the cost in quality.

    A band starts at a hit and reaches down to its score minus `epsilon`; the next band starts at the first
    hit below. So nobody passes a hit that is more than `epsilon` better. Ties keep the order of the ranks.
    Raises InvalidPolicy unless `epsilon` lies between 0 and 1.
    """
    if not 0 <= epsilon <= 1:
        raise InvalidPolicy(field="epsilon", value=epsilon, lowest=0, highest=1)
    shown: list[Hit] = []
    for start, stop in pairwise(_band_starts(hits, epsilon)):
        shown += _turns(hits[start:stop], impressions, epsilon)
    return shown


def _turns(band: Sequence[Hit], impressions: Mapping[str, float], epsilon: float) -> list[Hit]:
    """The hits of a band in the order in which they are shown."""
    most = max(impressions.get(hit.id, 0) for hit in band)
    handicap = HANDICAP * epsilon / most if most > 0 else 0.0
    return sorted(band, key=lambda hit: (handicap * impressions.get(hit.id, 0) - hit.score, hit.rank))


def _band_starts(hits: Sequence[Hit], epsilon: float) -> list[int]:
    """The places at which bands start, and the end."""
    starts: list[int] = []
    for place, hit in enumerate(hits):
        if not starts or hit.score < hits[starts[-1]].score - epsilon:
            starts.append(place)
    return [*starts, len(hits)]


def gini(amounts: Iterable[float]) -> float:
    """The inequality of amounts of at least zero: 0 where all are equal, towards 1 where one has all."""
    ordered = np.sort(np.fromiter(amounts, dtype=np.float64))
    total = ordered.sum()
    if total == 0:
        return 0.0
    ranks = np.arange(1, len(ordered) + 1)
    return float((2 * ranks - len(ordered) - 1) @ ordered / (len(ordered) * total))


def top_share(amounts: Iterable[float], fraction: float = 0.01) -> float:
    """The share of the total that the largest `fraction` of the amounts (at least one of them) hold."""
    ordered = np.sort(np.fromiter(amounts, dtype=np.float64))[::-1]
    total = ordered.sum()
    count = max(1, int(len(ordered) * fraction))
    return float(ordered[:count].sum() / total) if total else 0.0


def ndcg(shown: Sequence[float], best: Sequence[float] | None = None) -> float:
    """The discounted gain of the scores in the order shown, against `best` or their own best order."""
    ideal = sorted(shown, reverse=True) if best is None else best
    discounts = 1 / np.log2(np.arange(2, max(len(shown), len(ideal)) + 2))
    most = float(np.asarray(ideal) @ discounts[: len(ideal)]) if ideal else 0.0
    return float(np.asarray(shown) @ discounts[: len(shown)]) / most if most else 1.0
