"""The button with which a team says that a challenge does not concern it."""

from tests.market import post_open
from tests.serving import Serving

HTML = {"Accept": "text/html"}
BUTTON = '<button class="btn btn-sm">Not relevant to us</button>'


def test_a_captain_says_so_and_takes_it_back(serving: Serving) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy, title="Spindle watch")
    serving.settle()
    captain = serving.client(serving.market.captain)
    page = f"/challenges/{challenge.id}/matches"
    assert BUTTON in captain.get(page, headers=HTML).text
    assert "Spindle watch" in captain.get("/team", headers=HTML).text
    marked = captain.post(f"/challenges/{challenge.id}/not-relevant", data={}, headers=HTML)
    assert "Noted. You are not told of this one again." in marked.text
    assert BUTTON not in marked.text
    assert "Take it back" in marked.text
    assert "Spindle watch" not in captain.get("/team", headers=HTML).text
    back = captain.post(f"/challenges/{challenge.id}/not-relevant", data={"take_back": "1"}, headers=HTML)
    assert "Taken back. It counts as any other again." in back.text
    assert BUTTON in back.text
    assert "Spindle watch" in captain.get("/team", headers=HTML).text


def test_nobody_else_has_the_button(serving: Serving) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    serving.settle()
    for who in (serving.market.member, serving.market.engineer, serving.market.school_admin):
        client = serving.client(who)
        assert BUTTON not in client.get(f"/challenges/{challenge.id}/matches", headers=HTML).text
        refused = client.post(f"/challenges/{challenge.id}/not-relevant", data={}, headers=HTML)
        assert refused.status_code in (403, 404)
