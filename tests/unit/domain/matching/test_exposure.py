"""Exposure moves hits inside their band only, and is measured by well-known figures."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.matching.errors import InvalidPolicy
from domain.matching.exposure import gini, ndcg, rerank_exposure, top_share
from domain.matching.model import Hit


def ranking(scores: list[float]) -> list[Hit]:
    ordered = sorted(scores, reverse=True)
    return [Hit(f"t{rank:03}", score, rank) for rank, score in enumerate(ordered, start=1)]


@given(
    st.lists(st.floats(0, 1), max_size=30),
    st.dictionaries(st.sampled_from([f"t{number:03}" for number in range(1, 31)]), st.integers(0, 9)),
    st.floats(0, 0.2),
)
def test_nobody_passes_a_hit_that_is_better_by_more_than_epsilon(
    scores: list[float], impressions: dict[str, float], epsilon: float
) -> None:
    hits = ranking(scores)
    shown = rerank_exposure(hits, impressions, epsilon)
    assert sorted(shown, key=lambda hit: hit.rank) == hits
    for place, hit in enumerate(shown):
        assert all(later.score - epsilon <= hit.score + 1e-12 for later in shown[place:])


def test_the_least_shown_of_a_band_comes_first() -> None:
    hits = ranking([0.90, 0.89, 0.88, 0.87])
    shown = rerank_exposure(hits, {"t001": 5, "t002": 2}, 0.02)
    assert [hit.id for hit in shown] == ["t003", "t002", "t001", "t004"]
    assert [hit.rank for hit in shown] == [3, 2, 1, 4]
    assert rerank_exposure(hits, {"t001": 5}, 0.0) == hits
    assert rerank_exposure(hits, {}, 0.02) == hits


def test_a_few_impressions_do_not_outweigh_a_lead() -> None:
    hits = ranking([0.900, 0.899, 0.885])
    shown = rerank_exposure(hits, {"t001": 100, "t002": 90, "t003": 85}, 0.02)
    assert [hit.id for hit in shown] == ["t002", "t001", "t003"]
    with pytest.raises(InvalidPolicy):
        rerank_exposure(hits, {}, float("nan"))


def test_the_figures_on_known_cases() -> None:
    assert gini([1, 1, 1, 1]) == 0
    assert gini([0, 0, 0, 1]) == 0.75
    assert gini([]) == 0
    assert top_share([1] * 100) == 0.01
    assert top_share([0] * 99 + [5]) == 1
    assert ndcg([3, 2, 1]) == 1
    assert ndcg([1, 2, 3]) < 1
    assert ndcg([]) == 1


def test_exposure_spreads_at_a_small_price() -> None:
    """Ten thousand rankings of equally drawn teams with close scores: fairer, at under 1% of nDCG."""
    random = Random(7)
    plain: dict[str, float] = {}
    spread: dict[str, float] = {}
    quality = []
    ability = {f"t{number:03}": random.gauss(0.5, 0.02) for number in range(100)}
    for _ in range(10_000):
        drawn = random.sample(sorted(ability), 15)
        scored = sorted(((ability[id_] + random.gauss(0, 0.005), id_) for id_ in drawn), reverse=True)
        hits = [Hit(id_, score, rank) for rank, (score, id_) in enumerate(scored, start=1)]
        shown = rerank_exposure(hits, spread, 0.02)[:5]
        for counts, listed in ((plain, hits[:5]), (spread, shown)):
            for hit in listed:
                counts[hit.id] = counts.get(hit.id, 0) + 1
        quality.append(ndcg([hit.score for hit in shown], [hit.score for hit in hits[:5]]))
    everybody = list(ability)
    before, after = (gini([counts.get(id_, 0) for id_ in everybody]) for counts in (plain, spread))
    assert after < before - 0.05
    assert sum(quality) / len(quality) >= 0.99
