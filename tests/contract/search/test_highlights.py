"""Marks in titles and summaries; the rest is escaped."""

import pytest

from search.catalogue import Catalogue
from search.queries import CatalogueQuery, SearchHit
from tests.contract.search.sample import ADMINISTRATOR, document


def hit(catalogue: Catalogue, text: str, id: str) -> SearchHit:
    page = catalogue.search(CatalogueQuery(text=text, viewer=ADMINISTRATOR))
    return next(hit for hit in page.hits if hit.id == id)


@pytest.mark.parametrize(
    ("text", "id", "title"),
    [
        ("主轴振动", "c-01", "数控车床<mark>主轴振动</mark>偏大"),
        ("轴", "c-01", "数控车床主<mark>轴</mark>振动偏大"),
        ("cnc刀具", "c-02", "<mark>CNC刀具</mark>磨损快"),
        ("cnc ", "c-04", "<mark>ＣＮＣ</mark> 机床联网"),
        ("bearings failure", "c-03", "<mark>Bearing</mark> <mark>failures</mark> on the stamping press"),
        ("bearin", "c-03", "<mark>Bearing</mark> failures on the stamping press"),
        ("OpenCV", "c-06", "焊缝缺陷检测"),
        ("", "c-05", "注塑机能耗高"),
    ],
)
def test_titles_are_marked_as_they_are_written(listed: Catalogue, text: str, id: str, title: str) -> None:
    assert hit(listed, text, id).title_html == title


def test_snippets_are_marked_and_escaped(listed: Catalogue) -> None:
    snippet = hit(listed, "bearings", "c-03").snippet_html
    assert snippet == (
        "The press&#x27;s <mark>bearings</mark> fail every month &amp; nobody knows &lt;why&gt;."
    )


def test_a_long_summary_is_shown_around_its_first_mark(catalogue: Catalogue) -> None:
    catalogue.write([document(1, "长文", "前" * 3_000 + "轴承" + "后" * 3_000)])
    catalogue.refresh()
    snippet = hit(catalogue, "轴承", "c-01").snippet_html
    assert "前<mark>轴承</mark>后" in snippet
    assert len(snippet) < 250


def test_a_document_cannot_mark_itself(catalogue: Catalogue) -> None:
    catalogue.write([document(1, "a \x02fake\x03 <mark>title</mark>", "\x02summary\x03")])
    catalogue.refresh()
    shown = hit(catalogue, "title ", "c-01")
    assert shown.title_html == "a fake &lt;mark&gt;<mark>title</mark>&lt;/mark&gt;"
    assert shown.snippet_html == "summary"
