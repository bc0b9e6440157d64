"""The account's list of sessions: one is ended, or all others."""

import re
from datetime import timedelta

import pytest

from infra.sessions import MOST, SESSION_LIFETIME
from tests.integration.api.test_account_pages import HTML, page
from tests.integration.api.test_password_page import is_in, signed_in
from tests.serving import Serving

END = r'action="(/account/sessions/\w{64}/end)"'
OTHERS = "/account/sessions/end-others"


def test_the_list_marks_this_session_and_tells_when_each_began(serving: Serving) -> None:
    signed_in(serving)
    serving.clock.advance(timedelta(hours=3))
    here = signed_in(serving)
    serving.clock.advance(timedelta(hours=3))
    signed_in(serving)
    text = page(here, "/account")
    assert text.count("this one") == 1
    assert len(re.findall(END, text)) == 2
    began = re.findall(r"<b>Signed in (.+?)</b>", text)
    assert began[0] == sorted(began)[1], "this one is first"
    serving.clock.advance(SESSION_LIFETIME - timedelta(hours=4))
    assert len(re.findall(END, page(here, "/account"))) == 1, "the first has expired"


def test_one_session_is_ended_and_the_others_stay(serving: Serving) -> None:
    here, elsewhere, third = signed_in(serving), signed_in(serving), signed_in(serving)
    end = re.findall(END, page(here, "/account"))[0]
    assert "Signed out there." in here.post(end, headers=HTML).text
    assert is_in(here)
    assert [is_in(elsewhere), is_in(third)].count(True) == 1


def test_all_others_are_ended_at_once(serving: Serving) -> None:
    here, elsewhere = signed_in(serving), signed_in(serving)
    assert OTHERS in page(here, "/account")
    done = here.post(OTHERS, headers=HTML)
    assert "Signed out everywhere else." in done.text
    assert OTHERS not in done.text
    assert is_in(here)
    assert not is_in(elsewhere)
    assert 'action="/sign-out"' in done.text


def test_nobody_ends_somebody_elses_session(serving: Serving) -> None:
    here = signed_in(serving)
    signed_in(serving)
    end = re.findall(END, page(here, "/account"))[0]
    stranger = serving.client(serving.market.engineer)
    assert stranger.post(end, headers=HTML).status_code == 200
    assert re.findall(END, page(here, "/account")) == [end]
    for path in (end, OTHERS):
        assert serving.client().post(path, headers=HTML).url.path == "/sign-in"


@pytest.mark.parametrize("id", ["x", "0" * 65, "G" * 64])
def test_what_is_no_session_is_refused(serving: Serving, id: str) -> None:
    assert signed_in(serving).post(f"/account/sessions/{id}/end", headers=HTML).status_code == 422


def test_this_session_is_listed_however_many_there_are(serving: Serving) -> None:
    here = signed_in(serving)
    for _ in range(MOST + 1):
        serving.clock.advance(timedelta(seconds=1))
        signed_in(serving)
    text = page(here, "/account")
    assert "this one" in text
    assert len(re.findall(END, text)) == MOST - 1
