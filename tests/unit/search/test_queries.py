import pytest

from domain.errors import Invalid
from search.queries import MAX_LIMIT, REWARD_BANDS, CatalogueQuery, Facet, FacetName, reward_facets


@pytest.mark.parametrize("limit", [0, -1, MAX_LIMIT + 1])
def test_a_limit_out_of_bounds_is_invalid(limit: int) -> None:
    with pytest.raises(Invalid) as error:
        CatalogueQuery(limit=limit)
    assert error.value.field == "limit"


def test_bands_follow_each_other_without_gap() -> None:
    assert [band.high for band in REWARD_BANDS] == [*(band.low for band in REWARD_BANDS[1:]), None]


def test_a_reward_counts_in_the_band_that_it_begins() -> None:
    assert reward_facets([0, 4_999, 5_000, 70_000]) == (
        Facet("0-5000", 2),
        Facet("5000-10000", 1),
        Facet("50000-", 1),
    )


def test_a_zero_minimum_narrows() -> None:
    assert CatalogueQuery(reward_min=0).narrowed == {FacetName.REWARD}
    assert CatalogueQuery().narrowed == frozenset()
