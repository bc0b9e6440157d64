"""Where people say whether they want mail, and that a mail says what their inbox says."""

import re
from html import unescape

import pytest

from api.web.i18n import Language
from domain.contacts import Contact
from domain.notices import Notice
from domain.ports import Notification
from infra.contacts import contact_of
from infra.mail_texts import SENTENCES
from tests.market import post_open
from tests.serving import Serving

HTML = {"Accept": "text/html"}


def kept(serving: Serving) -> Contact:
    with serving.services.database.read() as connection:
        return contact_of(connection, serving.market.captain.person_id)


def test_the_account_offers_mail_and_keeps_what_was_chosen(serving: Serving) -> None:
    client = serving.client(serving.market.captain)
    offered = client.get("/account", headers=HTML).text
    assert re.search(r'<option value="en" selected>English', offered)
    assert re.search(r'id="wants_mail"[^>]* checked', offered)
    assert "Mail is not set up here yet" in offered

    chosen = {"email": " captain@example.com ", "mail_language": "zh"}
    answer = client.post("/account/contact", data=chosen, headers=HTML)
    assert "Mail settings saved." in answer.text
    assert 'value="captain@example.com"' in answer.text
    assert not re.search(r'id="wants_mail"[^>]* checked', answer.text)
    assert kept(serving) == Contact("captain@example.com", wants_mail=False, language="zh")

    client.post("/account/contact", data={"email": "", "wants_mail": "1"}, headers=HTML)
    assert kept(serving) == Contact()


def test_a_mistyped_address_stays_in_the_form_and_what_was_kept_stays(serving: Serving) -> None:
    client = serving.client(serving.market.captain)
    client.post("/account/contact", data={"email": "captain@example.com", "wants_mail": "1"}, headers=HTML)
    answer = client.post("/account/contact", data={"email": "captain@", "wants_mail": "1"}, headers=HTML)
    assert answer.status_code == 422
    assert 'value="captain@"' in answer.text
    assert 'id="email-error"' in answer.text
    assert "name@example.com" in answer.text
    assert kept(serving).email == "captain@example.com"


def test_a_visitor_cannot_say_where_mail_goes(serving: Serving) -> None:
    answer = serving.client().post("/account/contact", data={"email": "a@example.com"}, headers=HTML)
    assert answer.url.path == "/sign-in"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_mail_says_what_the_inbox_says(serving: Serving, language: Language) -> None:
    me = serving.market.captain
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    with serving.store.begin() as work:
        work.notifications.add(
            [Notification(me.person_id, kind, challenge.id, challenge.id, kind) for kind in Notice]
        )
        work.commit()
    inbox = serving.client(me, **{"Accept-Language": language}).get("/inbox", headers=HTML).text
    said = [unescape(sentence) for sentence in re.findall(r'class="list-main"><b>(.+?)</b>', inbox)]
    assert said == [SENTENCES[kind].in_language(language) for kind in reversed(Notice)]
