"""More matches than SQLite counts."""

import pytest

from search.catalogue import Catalogue
from search.queries import CatalogueQuery, FacetName, Sort
from search.sqlite_catalogue import SqliteCatalogue
from search.sqlite_matches import MAX_MATCHES
from tests.contract.search.conftest import Make
from tests.contract.search.sample import ADMINISTRATOR, counts, document, ids

EXACT = 20


@pytest.fixture(scope="module")
def crowded(make_catalogue: Make) -> Catalogue:
    """20 more than 2,000 challenges about bearings; the oldest 20 are open and pay best."""
    catalogue = make_catalogue()
    old = [document(n, "轴承", "", id=f"old-{n:04d}", reward_cny=90_000) for n in range(EXACT)]
    new = [document(n + 100, "轴承", "", id=f"new-{n:04d}", state="judging") for n in range(MAX_MATCHES)]
    catalogue.write(old + new)
    catalogue.refresh()
    return catalogue


@pytest.mark.parametrize("text", ["轴承", ""])
def test_totals_say_how_far_they_count(crowded: Catalogue, text: str) -> None:
    page = crowded.search(CatalogueQuery(text=text, viewer=ADMINISTRATOR, sort=Sort.REWARD))
    if isinstance(crowded, SqliteCatalogue):
        assert (page.total, page.total_relation) == (MAX_MATCHES, "gte")
        assert counts(page, FacetName.STATE) == {"judging": MAX_MATCHES}
        assert ids(page)[0] == "new-0000"
    else:
        assert (page.total, page.total_relation) == (MAX_MATCHES + EXACT, "eq")
        assert counts(page, FacetName.STATE) == {"judging": MAX_MATCHES, "open": EXACT}
        assert ids(page)[0] == "old-0000"


def test_a_choice_counts_exactly_what_it_narrows_to(crowded: Catalogue) -> None:
    page = crowded.search(CatalogueQuery(text="轴承", viewer=ADMINISTRATOR, states=frozenset({"open"})))
    assert (page.total, page.total_relation) == (EXACT, "eq")
    assert all(id.startswith("old-") for id in ids(page))
    full = crowded.search(CatalogueQuery(text="轴承", viewer=ADMINISTRATOR, states=frozenset({"judging"})))
    assert (full.total, full.total_relation) == (MAX_MATCHES, "eq")
