"""By fit, the catalogue leaves out what a team said does not concern it, says so, and shows it when asked."""

import re
from html import unescape

from tests.integration.api.test_account_pages import page
from tests.market import post_open
from tests.serving import Serving

HIDDEN = "1 hidden: not relevant to us."


def marked(serving: Serving) -> None:
    """Three challenges, of which the captain's team marked the one in the middle."""
    titles = ("First spindle", "Second spindle", "Third spindle")
    posted = [post_open(serving.store, serving.market, serving.taxonomy, title=title) for title in titles]
    serving.settle()
    captain = serving.client(serving.market.captain)
    captain.post(f"/challenges/{posted[1].id}/not-relevant", data={})


def titles(text: str) -> list[str]:
    return re.findall(r'class="title"[^>]*><a[^>]*>(?:<mark>)?(\w+)', text)


def count(text: str) -> str:
    found = re.search(r'id="found"[^>]*>\s*<b class="num">(\d+)', text)
    assert found is not None
    return found[1]


def test_by_fit_it_is_left_out_and_comes_last_when_asked_for(
    serving: Serving,
) -> None:
    marked(serving)
    captain = serving.client(serving.market.captain)
    text = page(captain, "/")
    assert sorted(titles(text)) == ["First", "Third"]
    assert count(text) == "2"
    assert HIDDEN in text

    link = re.search(r'href="([^"]*unwanted=1[^"]*)"', text)
    assert link is not None
    text = page(captain, unescape(link[1]))
    assert titles(text)[-1] == "Second"
    assert count(text) == "3"
    assert "not relevant to us</span>" in text
    assert 'name="unwanted" value="1"' in text, "the next search keeps them"
    assert HIDDEN not in text


def test_facets_of_fit_do_not_count_what_is_left_out(serving: Serving) -> None:
    marked(serving)
    text = page(serving.client(serving.market.captain), "/")
    counts = re.findall(r'name="fit"[^>]*>.*?<span>(\d+)</span></label>', text)
    assert sum(map(int, counts)) == 2


def test_other_orders_and_other_teams_keep_it_in_its_place(serving: Serving) -> None:
    marked(serving)
    captain = serving.client(serving.market.captain)
    for path in ("/?f=1&state=open&sort=newest", "/?q=spindle"):
        text = page(captain, path)
        assert sorted(titles(text)) == ["First", "Second", "Third"], path
        assert text.count("not relevant to us</span>") == 1
        assert "hidden:" not in text
    for other in (serving.market.partner_captain, serving.market.engineer):
        text = page(serving.client(other), "/?f=1&state=open&unwanted=1")
        assert len(titles(text)) == 3
        assert "not relevant to us</span>" not in text
