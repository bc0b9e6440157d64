"""The embedded form with a mail server: who posts a challenge brings mail to a team that fits."""

from pathlib import Path

from pydantic import SecretStr

from domain.contacts import Contact
from domain.matching.taxonomy import Taxonomy
from infra.contacts import set_contact
from infra.settings import Settings
from infra.unit_of_work import Store
from jiebang.compose import embedded
from jiebang.maintenance import prepare
from tests.integration.streams.embedded import wait_until
from tests.market import Market, build_market, post_open
from tests.smtp_server import HOST, Box, smtp_server


def market_with_mail(store: Store, taxonomy: Taxonomy) -> Market:
    """A market in which the captain alone gave an address."""
    market = build_market(store, taxonomy)
    with store.begin() as work:
        set_contact(work.connection, market.captain.person_id, Contact("captain@example.com", language="en"))
        work.commit()
    return market


def test_a_posted_challenge_reaches_the_captains_mailbox(tmp_path: Path, taxonomy: Taxonomy) -> None:
    box = Box()
    with smtp_server(box) as port:
        server = SecretStr(f"smtp://{HOST}:{port}")
        settings = Settings(home=tmp_path, smtp_url=server, public_url="https://jiebang.example.com")
        prepare(settings)
        with embedded(settings) as app:
            store = app.state.services.store
            challenge = post_open(store, market_with_mail(store, taxonomy), taxonomy)
            wait_until(lambda: box.letters, "the mail")
    (letter,) = box.letters
    assert (letter["To"], letter["From"]) == ("captain@example.com", "Jiebang 揭榜 <jiebang@localhost>")
    assert letter["Subject"] == f"A notice fits your team (J-{challenge.number:04d})"
    assert "https://jiebang.example.com/inbox/" in letter.get_content()
