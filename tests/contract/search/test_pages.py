"""Orders, and pages by cursor."""

from dataclasses import replace
from datetime import timedelta

import pytest

from search.catalogue import Catalogue
from search.cursors import Place, encode
from search.errors import InvalidCursor
from search.queries import CatalogueQuery, Sort
from tests.contract.search.sample import ADMINISTRATOR, START, document, ids


def walk(catalogue: Catalogue, query: CatalogueQuery) -> list[str]:
    """The ids of all pages, one after the other."""
    walked: list[str] = []
    cursor = None
    while True:
        page = catalogue.search(replace(query, cursor=cursor))
        walked += ids(page)
        cursor = page.next_cursor
        if cursor is None:
            return walked
        assert len(page.hits) == query.limit


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.NEWEST, [8, 7, 6, 5, 4, 3, 2, 1]),
        (Sort.RELEVANCE, [8, 7, 6, 5, 4, 3, 2, 1]),
        (Sort.DEADLINE, [1, 2, 4, 5, 6, 7, 8, 3]),
        (Sort.REWARD, [5, 2, 3, 1, 6, 7, 4, 8]),
    ],
)
@pytest.mark.parametrize("limit", [1, 3, 8, 100])
def test_hits_stand_in_order_over_all_pages(
    listed: Catalogue, sort: Sort, order: list[int], limit: int
) -> None:
    query = CatalogueQuery(viewer=ADMINISTRATOR, sort=sort, limit=limit)
    assert walk(listed, query) == [f"c-{number:02d}" for number in order]


@pytest.mark.parametrize("sort", Sort)
def test_pages_of_equals_lose_and_double_nothing(catalogue: Catalogue, sort: Sort) -> None:
    same = {"posted_at": START, "deadline": START + timedelta(days=9)}
    catalogue.write([document(number, "轴承", "同样的文字", **same) for number in range(1, 26)])
    catalogue.refresh()
    query = CatalogueQuery(text="轴承", viewer=ADMINISTRATOR, sort=sort, limit=4)
    assert walk(catalogue, query) == [f"c-{number:02d}" for number in range(1, 26)]


def test_pages_by_relevance_are_the_whole_list_in_parts(listed: Catalogue) -> None:
    query = CatalogueQuery(text="振动", viewer=ADMINISTRATOR)
    assert walk(listed, replace(query, limit=1)) == ids(listed.search(query))


def test_totals_and_facets_are_the_same_on_every_page(listed: Catalogue) -> None:
    query = CatalogueQuery(viewer=ADMINISTRATOR, limit=3)
    first = listed.search(query)
    second = listed.search(replace(query, cursor=first.next_cursor))
    assert (second.total, second.facets) == (first.total, first.facets)


def test_what_is_posted_meanwhile_does_not_move_the_next_page(catalogue: Catalogue) -> None:
    catalogue.write([document(number, "轴承", "") for number in range(1, 7)])
    catalogue.refresh()
    query = CatalogueQuery(viewer=ADMINISTRATOR, sort=Sort.NEWEST, limit=3)
    first = catalogue.search(query)
    catalogue.write([document(7, "轴承", "")])
    catalogue.refresh()
    second = catalogue.search(replace(query, cursor=first.next_cursor))
    assert ids(first) + ids(second) == ["c-06", "c-05", "c-04", "c-03", "c-02", "c-01"]


@pytest.mark.parametrize("cursor", ["", "x", "....", "e30", "bnVsbA", "\x00", "\ud800", "轴承", "A" * 10_000])
def test_a_hostile_cursor_is_refused(listed: Catalogue, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        listed.search(CatalogueQuery(viewer=ADMINISTRATOR, cursor=cursor))


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("text", ["", "轴承"])
@pytest.mark.parametrize(
    "place", [(1.5, "c"), (-(2**61), "c"), (2**61, ""), (0, "\x00"), (0, "\ud800"), (1e18, "c")]
)
def test_a_forged_place_is_a_page_or_refused(
    listed: Catalogue, sort: Sort, text: str, place: tuple[float, str]
) -> None:
    query = CatalogueQuery(text=text, viewer=ADMINISTRATOR, sort=sort, limit=1)
    forged = encode(query, Place(*place))
    try:
        page = listed.search(replace(query, cursor=forged))
    except InvalidCursor:
        return
    assert page.total == listed.search(query).total


def test_another_querys_cursor_is_refused(listed: Catalogue) -> None:
    cursor = listed.search(CatalogueQuery(viewer=ADMINISTRATOR, limit=2)).next_cursor
    with pytest.raises(InvalidCursor):
        listed.search(CatalogueQuery(viewer=ADMINISTRATOR, limit=2, sort=Sort.REWARD, cursor=cursor))
