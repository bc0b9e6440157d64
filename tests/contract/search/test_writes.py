"""Versions decide what the catalogue keeps, in whatever order documents arrive."""

from dataclasses import replace
from itertools import permutations

import pytest

from domain.audience import ANYONE, Audience
from search.catalogue import Catalogue, WriteResult
from search.documents import CatalogueDocument
from search.queries import CatalogueQuery, FacetName
from tests.contract.search.sample import ADMINISTRATOR, CNC, PLC, VIBRATION, counts, document, found, ids

FIRST = document(1, "轴承失效", "第一版", doc_version=3)
SECOND = replace(FIRST, doc_version=4, title="导轨磨损", state="judging", skills=(CNC,), bid_count=2)
GONE = CatalogueDocument.tombstone(FIRST.id, 5)
BACK = replace(FIRST, doc_version=6, title="丝杠间隙", skills=(PLC,))


def test_writing_again_is_ignored(catalogue: Catalogue) -> None:
    assert catalogue.write([FIRST]) == WriteResult(applied=1, ignored=0)
    assert catalogue.write([FIRST]) == WriteResult(applied=0, ignored=1)
    catalogue.refresh()
    assert found(catalogue) == {FIRST.id}


@pytest.mark.parametrize("order", list(permutations([FIRST, SECOND, GONE])))
def test_a_tombstone_wins_over_lower_versions_in_any_order(
    catalogue: Catalogue, order: tuple[CatalogueDocument, ...]
) -> None:
    for version in order:
        catalogue.write([version])
    catalogue.refresh()
    assert found(catalogue) == set()
    assert catalogue.versions([FIRST.id]) == {FIRST.id: 5}
    assert catalogue.suggest("轴承", ADMINISTRATOR) == []
    assert catalogue.suggest("cnc", ADMINISTRATOR) == []


def test_the_highest_version_of_a_batch_is_kept(catalogue: Catalogue) -> None:
    assert catalogue.write([SECOND, FIRST]) == WriteResult(applied=1, ignored=1)
    catalogue.refresh()
    assert found(catalogue, "导轨") == {FIRST.id}
    assert found(catalogue, "轴承") == set()


def test_a_newer_version_replaces_all_of_the_older_one(catalogue: Catalogue) -> None:
    catalogue.write([FIRST])
    catalogue.write([SECOND])
    catalogue.refresh()
    page = catalogue.search(CatalogueQuery(viewer=ADMINISTRATOR))
    assert [(hit.id, hit.doc_version) for hit in page.hits] == [(FIRST.id, 4)]
    assert counts(page, FacetName.STATE) == {"judging": 1}
    assert counts(page, FacetName.SKILL) == {"cnc": 1}
    assert found(catalogue, "振动分析") == set()
    assert catalogue.suggest("振动", ADMINISTRATOR) == []


def test_a_challenge_may_come_back(catalogue: Catalogue) -> None:
    for version in (FIRST, GONE, BACK):
        catalogue.write([version])
    catalogue.refresh()
    assert found(catalogue, "丝杠") == {FIRST.id}
    assert [suggestion.count for suggestion in catalogue.suggest("可编程", ADMINISTRATOR)] == [1]


def test_only_the_state_changes(catalogue: Catalogue) -> None:
    catalogue.write([FIRST])
    catalogue.write([replace(FIRST, doc_version=9, state="awarded")])
    catalogue.refresh()
    assert found(catalogue, "轴承", states=frozenset({"awarded"})) == {FIRST.id}
    assert found(catalogue, "轴承", states=frozenset({"open"})) == set()


def test_a_changed_audience_holds_for_all_that_is_told(catalogue: Catalogue) -> None:
    catalogue.write([FIRST])
    catalogue.write([replace(FIRST, doc_version=9, audience=Audience.OWNER)])
    catalogue.refresh()
    assert found(catalogue, viewer=ANYONE) == set()
    assert catalogue.suggest("振动", ANYONE) == []


def test_a_later_posting_stands_first(catalogue: Catalogue) -> None:
    other = document(2, "轴承", "")
    catalogue.write([FIRST, other])
    catalogue.write([replace(FIRST, doc_version=9, posted_at=document(3, "", "").posted_at)])
    catalogue.refresh()
    assert ids(catalogue.search(CatalogueQuery(viewer=ADMINISTRATOR))) == [FIRST.id, other.id]


def test_many_are_posted_at_one_moment(catalogue: Catalogue) -> None:
    same = [replace(FIRST, id=f"x-{number:03d}", skills=(VIBRATION,)) for number in range(300)]
    catalogue.write(same)
    catalogue.refresh()
    assert catalogue.search(CatalogueQuery(viewer=ADMINISTRATOR)).total == 300
    assert catalogue.versions(["x-000", "x-299", "unknown"]) == {"x-000": 3, "x-299": 3}


def test_nothing_is_asked_and_nothing_written(catalogue: Catalogue) -> None:
    assert catalogue.write([]) == WriteResult(applied=0, ignored=0)
    assert catalogue.versions([]) == {}
    page = catalogue.search(CatalogueQuery(viewer=ADMINISTRATOR))
    assert (page.hits, page.total, page.total_relation, page.next_cursor) == ((), 0, "eq", None)
    assert all(values == () for values in page.facets.values())


def test_preparing_again_keeps_what_is_there(catalogue: Catalogue) -> None:
    catalogue.write([FIRST])
    catalogue.prepare()
    catalogue.check()
    catalogue.refresh()
    assert found(catalogue) == {FIRST.id}


def test_texts_may_hold_anything(catalogue: Catalogue) -> None:
    odd = "轴承\x00\ud800\u200b\ue000 🔧 \u0301 " + "x" * 40_000
    catalogue.write([replace(FIRST, title=odd, summary=odd, city=odd, factory_zh=odd)])
    catalogue.refresh()
    assert found(catalogue, "轴承") == {FIRST.id}
