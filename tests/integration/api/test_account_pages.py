"""The pages of one's own affairs: signing in, choices, messages, tokens, and what was not accepted."""

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from api.web.routes.account import SAMPLE_LOGINS, SAMPLE_PASSWORD
from api.web.routes.inbox import LINES
from domain.audience import Confidentiality
from domain.notices import Notice
from domain.ports import DeadLetter, Notification
from jiebang.sample import load as sample
from tests.market import post_open
from tests.serving import PASSWORD, Serving

HTML = {"Accept": "text/html"}


def login_of(serving: Serving, person_id: str) -> str:
    with serving.store.begin() as work:
        return str(work.people.get(person_id).login)


def page(client: TestClient, path: str, status: int = 200) -> str:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == status, answer.text[:400]
    return answer.text


def test_a_page_that_needs_a_person_leads_to_the_sign_in_and_back(serving: Serving) -> None:
    login = login_of(serving, serving.market.captain.person_id)
    client = serving.client()
    assert 'value="/inbox"' in page(client, "/inbox")

    wrong = client.post(
        "/sign-in", data={"login": login, "password": "wrong", "next": "/inbox"}, headers=HTML
    )
    assert 'role="alert"' in wrong.text
    assert 'value="/inbox"' in wrong.text

    right = client.post(
        "/sign-in", data={"login": login, "password": PASSWORD, "next": "/inbox"}, headers=HTML
    )
    assert right.url.path == "/inbox"
    assert client.get("/sign-in?next=/feed", headers=HTML).url.path == "/feed"

    out = client.post("/sign-out", headers=HTML)
    assert "Signed out." in out.text
    assert "Signed out." not in page(client, "/")
    assert client.get("/account", headers=HTML).url.path == "/sign-in"


@pytest.mark.parametrize("path", ["/", "/sign-in", "/account"])
def test_a_page_with_a_token_that_is_not_valid_says_so_and_leads_nowhere(serving: Serving, path: str) -> None:
    client = serving.client(Authorization="Bearer jb_made-up")
    answer = client.get(path, headers=HTML, follow_redirects=False)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "Send a valid token" in answer.text


def test_the_sample_sign_ins_that_the_form_names_are_the_sample_datas() -> None:
    assert sample.PASSWORD == SAMPLE_PASSWORD
    assert set(SAMPLE_LOGINS) <= {person.login for person in sample._shown()}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"lang": "zh"}, {"lang": "zh"}),
        ({"theme": "dark"}, {"theme": "dark"}),
        ({"lang": "fr", "theme": "pink"}, {}),
    ],
)
def test_language_and_theme_are_kept_where_they_exist(
    serving: Serving, sent: dict[str, str], kept: dict[str, str]
) -> None:
    client = serving.client()
    answer = client.post("/preferences", data={**sent, "next": "/skills"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/skills")
    assert dict(client.cookies) == kept


@pytest.mark.parametrize("target", ["https://elsewhere.test/", "//elsewhere.test", "/\\elsewhere.test"])
def test_no_choice_and_no_sign_in_leads_to_another_site(serving: Serving, target: str) -> None:
    client = serving.client()
    answer = client.post("/preferences", data={"lang": "en", "next": target}, follow_redirects=False)
    assert answer.headers["location"] == "/"
    form = client.get("/sign-in", params={"next": target}, headers=HTML)
    assert 'name="next" value="/"' in form.text


def notify(serving: Serving, person_id: str, kinds: list[Notice]) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    with serving.store.begin() as work:
        work.notifications.add(
            [
                Notification(person_id, kind, challenge.id, challenge.id, f"event-{number}")
                for number, kind in enumerate(kinds)
            ]
        )
        work.commit()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_notice_is_a_sentence_of_its_own(serving: Serving, language: str) -> None:
    me = serving.market.captain
    notify(serving, me.person_id, list(Notice))
    text = page(serving.client(me, **{"Accept-Language": language}), "/inbox")
    said = re.findall(r'class="list-main"><b>(.+?)</b>', text)
    assert len(said) == len(set(said)) == len(Notice)


UNREAD = r'action="/inbox/(\d+)"'


def test_opening_a_message_marks_it_and_looking_at_it_does_not(serving: Serving) -> None:
    me = serving.market.captain
    notify(serving, me.person_id, [Notice.CHALLENGE_FITS, Notice.BID_DECLINED])
    client = serving.client(me)
    newest, oldest = re.findall(UNREAD, page(client, "/inbox"))
    assert client.get(f"/inbox/{newest}", headers=HTML).url.path.startswith("/challenges/")
    assert re.findall(UNREAD, page(client, "/inbox")) == [newest, oldest]

    opened = client.post(f"/inbox/{newest}", headers=HTML)
    assert opened.url.path.startswith("/challenges/")
    assert re.findall(UNREAD, page(client, "/inbox")) == [oldest]
    assert len(re.findall('class="list-row told"', page(client, "/inbox?show=all"))) == 1

    client.post("/inbox/read", data={"up_to": oldest}, headers=HTML)
    assert re.findall(UNREAD, page(client, "/inbox")) == []
    stranger = serving.client(serving.market.loner)
    for answer in (stranger.get(f"/inbox/{newest}", headers=HTML), stranger.post(f"/inbox/{newest}")):
        assert answer.status_code == 404


def test_older_messages_follow_page_by_page_until_the_oldest(serving: Serving) -> None:
    me = serving.market.captain
    told = list(Notice) * 5
    notify(serving, me.person_id, told)
    client, path, seen = serving.client(me), "/inbox?show=all", list[int]()
    while path:
        text = page(client, path)
        found = re.findall(UNREAD, text)
        assert len(found) <= LINES
        seen += map(int, found)
        older = re.search(r'<a href="(/inbox\?[^"]*before=[^"]*)"', text)
        path = unescape(older[1]) if older else ""
    assert len(seen) == len(told) > LINES
    assert seen == sorted(seen, reverse=True)


def test_a_tokens_secret_is_shown_once_and_works_until_revoked(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    made = client.post("/account/tokens", data={"label": "MES <2>", "lifetime": "30"}, headers=HTML)
    assert made.headers["cache-control"] == "no-store"
    found = re.search(r"<code>(jb_[\w-]+)</code>", made.text)
    assert found is not None
    program = serving.client(Authorization=f"Bearer {found[1]}")
    assert program.get("/api/v1/me").status_code == 200

    text = page(client, "/account")
    assert "MES &lt;2&gt;" in text
    assert found[1] not in text
    target = re.search(r'action="(/account/tokens/\w+/revoke)"(?=[^>]*>[^<]*<button[^>]*MES)', text)
    assert target is not None
    assert "Token revoked" in client.post(target[1], headers=HTML).text
    assert program.get("/api/v1/me").status_code == 401


def test_a_token_without_a_label_is_not_made(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    refused = client.post("/account/tokens", data={"label": " "}, headers=HTML)
    assert refused.status_code == 422
    assert 'id="label-error"' in refused.text


def put_aside(serving: Serving, factory_id: str) -> None:
    letter = DeadLetter(
        "intake:1", "intake", b"<b>\xff", {"id": "1"}, "not_json", {"body": "no JSON at byte 0"}, factory_id
    )
    with serving.store.begin() as work:
        work.dead_letters.add([letter])
        work.commit()


def test_what_was_not_accepted_is_for_its_factory_and_goes_again_once(serving: Serving) -> None:
    market = serving.market
    put_aside(serving, market.factory)
    client = serving.client(market.engineer)
    text = page(client, "/dead-letters")
    assert "It is not JSON" in text
    assert "&lt;b&gt;\ufffd" in text
    target = re.search(r'action="(/dead-letters/\d+/requeue)"', text)
    assert target is not None

    assert serving.client(market.other_engineer).post(target[1], headers=HTML).status_code == 404
    assert "requeue" not in page(serving.client(market.other_engineer), "/dead-letters")
    page(serving.client(market.captain), "/dead-letters", 403)
    assert target[1] in page(serving.client(market.administrator), "/dead-letters")

    assert target[1] not in client.post(target[1], headers=HTML).text
    assert client.post(target[1], headers=HTML).status_code == 409
    assert client.post(f"/dead-letters/{2**70}/requeue", headers=HTML).status_code == 422


def test_skills_are_found_by_either_name_and_say_what_their_levels_mean(serving: Serving) -> None:
    post_open(serving.store, serving.market, serving.taxonomy)
    client = serving.client()
    for words in ("vibration anal", "振动分析"):
        assert 'href="/skills/vibration-analysis"' in page(client, f"/skills?q={words}")
    assert "/?f=1&amp;state=open&amp;skill=vibration-analysis" in page(client, "/skills?q=vibration anal")
    text = page(client, "/skills/vibration-analysis")
    for level in range(1, 6):
        assert serving.taxonomy.evidence("vibration-analysis", level).en in text
    page(client, "/skills/no-such-skill", 404)


def test_the_feed_tells_members_what_it_does_not_tell_visitors(serving: Serving) -> None:
    terms = {"confidentiality": Confidentiality.NDA}
    shown = post_open(serving.store, serving.market, serving.taxonomy)
    hidden = post_open(serving.store, serving.market, serving.taxonomy, **terms)
    visitors, members = (
        page(serving.client(actor), "/feed") for actor in (None, serving.market.partner_captain)
    )
    assert f"/challenges/{shown.id}" in visitors
    assert f"/challenges/{hidden.id}" not in visitors
    assert f"/challenges/{hidden.id}" in members
    assert 'data-live="*"' in members
