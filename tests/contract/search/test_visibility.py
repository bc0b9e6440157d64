"""The audience rule in hits, totals, facets and suggestions."""

import pytest

from domain.audience import ANYONE, Viewer, may_see_listing
from search.catalogue import Catalogue
from search.queries import CatalogueQuery, FacetName
from tests.contract.search.sample import ADMINISTRATOR, EAST, MEMBER, SAMPLE, counts, found

VIEWERS = {"anyone": ANYONE, "member": MEMBER, "owner": EAST, "administrator": ADMINISTRATOR}


@pytest.fixture(params=VIEWERS)
def viewer(request: pytest.FixtureRequest) -> Viewer:
    return VIEWERS[request.param]


@pytest.fixture
def visible(viewer: Viewer) -> set[str]:
    """What the domain's rule lets the viewer see."""
    shown = [document for document in SAMPLE if not document.deleted]
    return {d.id for d in shown if may_see_listing(d.audience, d.owner_id, viewer)}


def test_the_viewers_differ() -> None:
    seen = {
        name: {d.id for d in SAMPLE if not d.deleted and may_see_listing(d.audience, d.owner_id, viewer)}
        for name, viewer in VIEWERS.items()
    }
    assert seen["anyone"] < seen["member"] < seen["owner"] <= seen["administrator"]


def test_hits_are_what_the_rule_allows(listed: Catalogue, viewer: Viewer, visible: set[str]) -> None:
    assert found(listed, viewer=viewer) == visible


def test_words_and_choices_do_not_widen_it(listed: Catalogue, viewer: Viewer, visible: set[str]) -> None:
    assert found(listed, "振动", viewer=viewer) == visible & {"c-01", "c-03", "c-07", "c-08"}
    assert found(listed, viewer=viewer, states=frozenset({"draft"})) == visible & {"c-08"}


def test_totals_and_facets_count_no_more(listed: Catalogue, viewer: Viewer, visible: set[str]) -> None:
    page = listed.search(CatalogueQuery(viewer=viewer, limit=1, states=frozenset({"open"})))
    open_ones = [d for d in SAMPLE if d.id in visible and d.state == "open"]
    assert page.total == len(open_ones)
    assert sum(counts(page, FacetName.STATE).values()) == len(visible)
    assert sum(counts(page, FacetName.FACTORY).values()) == len(open_ones)
    assert ("draft" in counts(page, FacetName.STATE)) == ("c-08" in visible)


def test_suggestions_know_no_more(listed: Catalogue, viewer: Viewer, visible: set[str]) -> None:
    asked = len(visible & {"c-06", "c-07"})
    assert [suggestion.count for suggestion in listed.suggest("机器视", viewer)] == ([asked] if asked else [])
    drafts = [suggestion.id for suggestion in listed.suggest("主轴改造", viewer)]
    assert drafts == sorted(visible & {"c-08"})
