"""From the news to the mail: what is sent to whom, when again, and when never more."""

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from queue import Queue
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import delete, select

from domain.audience import Confidentiality
from domain.challenges import ChallengeState
from domain.contacts import Contact
from domain.deliveries import LEASE, MOST_ATTEMPTS
from domain.events import AnnouncementMade
from domain.matching.taxonomy import Taxonomy
from domain.notices import Notice
from domain.ports import Notification
from domain.use_cases.teams import FormTeam, decline_invitation, form_team
from infra.contacts import set_contact
from infra.mail import SmtpMailer, SmtpServer
from infra.tables.log import deliveries
from infra.tables.projections import notifications
from infra.unit_of_work import SqlUnitOfWork, Store
from streams.guard import event_guard
from streams.processors.notifier import Notifier
from streams.sender import Sender
from tests.contract.streams import sender_process
from tests.contract.streams.log import message
from tests.fakes.clock import FakeClock
from tests.fakes.stop import FakeStop
from tests.market import Market, post_open
from tests.smtp_server import HOST, Box, smtp_server

CAPTAIN = Contact("captain@example.com")
PUBLIC_URL = "https://jiebang.example.com/"


@dataclass
class Post:
    """The captain, who wants mail, and a server that takes it."""

    store: Store
    clock: FakeClock
    market: Market
    taxonomy: Taxonomy
    box: Box
    port: int
    number: int = 0

    def act(self, use_case: Callable[[SqlUnitOfWork], Any]) -> None:
        with self.store.begin() as work:
            use_case(work)
            work.commit()

    def give(self, contact: Contact) -> None:
        self.act(lambda work: set_contact(work.connection, self.market.captain.person_id, contact))

    def tell(self, **brief: Any) -> str:
        """The captain's team fits a new challenge, whose id this is."""
        challenge = post_open(self.store, self.market, self.taxonomy, **brief)
        self.number += 1
        made = AnnouncementMade(challenge_id=challenge.id, policy_version=1, team_ids=[self.market.team])
        guard = event_guard(self.store, Notifier(mails=True), 1, FakeStop())
        guard.run([message(self.number, made)])
        return challenge.id

    def sender(self, port: int | None = None, stop: threading.Event | None = None) -> Sender:
        server = SmtpServer.parse(f"smtp://{HOST}:{port or self.port}")
        mailer = SmtpMailer(server, "jiebang@example.com", self.clock)
        return Sender(self.store, mailer, PUBLIC_URL, stop or threading.Event(), lambda: 0.0)

    def send(self) -> int:
        return self.sender().send_due()

    def rows(self) -> list[Any]:
        with self.store.database.read() as connection:
            return list(connection.execute(select(deliveries)))

    def row(self) -> Any:
        (row,) = self.rows()
        return row

    def letter(self) -> EmailMessage:
        (letter,) = self.box.letters
        return letter


@pytest.fixture
def post(store: Store, clock: FakeClock, market: Market, taxonomy: Taxonomy) -> Iterator[Post]:
    box = Box()
    with smtp_server(box) as port:
        post = Post(store, clock, market, taxonomy, box, port)
        post.give(CAPTAIN)
        yield post


def counted(outcome: str) -> float:
    labels = {"channel": "mail", "outcome": outcome}
    return REGISTRY.get_sample_value("jiebang_deliveries_total", labels) or 0.0


@pytest.mark.parametrize(
    ("language", "subject", "first", "last"),
    [
        ("zh", "有难题适合你们（J-0001）", "有难题适合你们。", "不想再收邮件，到这里关掉："),
        ("en", "A notice fits your team (J-0001)", "A notice fits your team.", "To stop these mails: "),
    ],
)
def test_news_is_mailed_in_the_readers_language_with_a_link_to_it(
    post: Post, language: Any, subject: str, first: str, last: str
) -> None:
    post.give(Contact("captain@example.com", language=language))
    post.tell()
    before = counted("delivered")
    assert post.send() == 1
    letter = post.letter()
    with post.store.database.read() as connection:
        captain = notifications.c.person_id == post.market.captain.person_id
        line = connection.execute(select(notifications.c.id).where(captain)).scalar_one()
    assert (letter["To"], letter["Subject"]) == ("captain@example.com", subject)
    assert letter["Message-ID"] == f"<{post.row().id}@example.com>"
    assert letter.get_content().splitlines() == [
        first,
        "",
        "J-0001 数控主轴振动在线监测",
        f"https://jiebang.example.com/inbox/{line}",
        "",
        f"{last}https://jiebang.example.com/account",
    ]
    row = post.row()
    assert (row.delivered_at, row.next_attempt_at, row.attempts) == (post.clock.now(), None, 1)
    assert counted("delivered") == before + 1
    post.clock.advance(timedelta(days=1))
    assert post.send() == 0


def test_a_confidential_challenges_title_stays_in_the_market(post: Post) -> None:
    post.tell(confidentiality=Confidentiality.NDA)
    post.send()
    text = post.letter().get_content()
    assert "J-0001" in text
    assert "数控主轴" not in text


def test_a_passing_failure_is_tried_again_under_the_same_message_id(post: Post) -> None:
    post.tell()
    post.box.contents = "451 4.3.0 later"
    assert post.send() == 1
    row = post.row()
    assert (row.next_attempt_at, row.attempts) == (post.clock.now() + timedelta(minutes=1), 1)
    assert row.last_error == "contents refused: 451 4.3.0"
    assert post.send() == 0
    post.box.contents = Box.contents
    post.clock.advance(timedelta(minutes=1))
    assert post.send() == 1
    assert post.box.message_ids == [f"<{row.id}@example.com>"]
    assert (post.row().delivered_at, post.row().last_error) == (post.clock.now(), None)


def test_an_address_that_does_not_exist_is_given_up_at_once_and_not_repeated_anywhere(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    post.tell()
    post.box.recipients["captain@example.com"] = "550 5.1.1 <captain@example.com> unknown"
    before = counted("given_up")
    caplog.set_level(logging.DEBUG, "streams")
    assert post.send() == 1
    row = post.row()
    assert (row.next_attempt_at, row.delivered_at) == (None, None)
    assert row.last_error == "recipient refused: 550 5.1.1"
    assert counted("given_up") == before + 1
    assert f"delivery {row.id} is given up after 1 attempts: recipient refused: 550 5.1.1" in caplog.text
    assert "captain@" not in caplog.text + repr(row)


def test_a_server_that_stays_down_is_given_up_after_the_last_attempt(post: Post) -> None:
    post.tell()
    with smtp_server(Box()) as closed:
        pass
    sender = post.sender(closed)
    tries = []
    for _ in range(MOST_ATTEMPTS + 3):
        tries.append(sender.send_due())
        post.clock.advance(timedelta(hours=4))
    assert tries == [1] * MOST_ATTEMPTS + [0] * 3
    row = post.row()
    assert (row.attempts, row.next_attempt_at, row.delivered_at) == (MOST_ATTEMPTS, None, None)
    assert "Connection refused" in row.last_error


def gone_from_the_inbox(post: Post, challenge_id: str) -> None:
    post.act(lambda work: work.connection.execute(delete(notifications)))


def no_address(post: Post, challenge_id: str) -> None:
    post.give(Contact())


def no_wish(post: Post, challenge_id: str) -> None:
    post.give(Contact("captain@example.com", wants_mail=False))


def no_longer_shown(post: Post, challenge_id: str) -> None:
    with post.store.begin() as work:
        challenge = work.challenges.get(challenge_id)
        challenge.amend(replace(challenge.brief, title="改过的题目"))
        challenge.state = ChallengeState.DRAFT
        work.challenges.save(challenge)
        work.commit()


@pytest.mark.parametrize("taken_back", [gone_from_the_inbox, no_address, no_wish, no_longer_shown])
def test_what_was_taken_back_before_it_was_sent_is_not_sent(
    post: Post, taken_back: Callable[[Post, str], None]
) -> None:
    taken_back(post, post.tell())
    before = counted("withdrawn")
    assert post.send() == 1
    assert post.box.letters == []
    assert (post.row().next_attempt_at, post.row().delivered_at) == (None, None)
    assert counted("withdrawn") == before + 1


@pytest.mark.parametrize("declined", [False, True])
def test_an_invitation_names_the_team_and_is_mailed_while_it_stands(post: Post, declined: bool) -> None:
    captain = post.market.captain
    with post.store.begin() as work:
        team = form_team(work, post.market.loner, FormTeam("新队", (captain.person_id,), 6))
        line = Notification(captain.person_id, Notice.TEAM_INVITATION, team.id, "", "event-x")
        work.notifications.add([line])
        work.deliveries.mail([line])
        work.commit()
    if declined:
        post.act(lambda work: decline_invitation(work, captain, team.id, captain.person_id))
    assert post.send() == 1
    subjects = [letter["Subject"] for letter in post.box.letters]
    assert subjects == ([] if declined else ["有团队请你加入（新队）"])


def test_a_letter_that_cannot_be_written_holds_up_no_other(post: Post) -> None:
    line = Notification(post.market.captain.person_id, "no such kind", "s", post.tell(), "event-x")
    post.act(lambda work: work.deliveries.mail(work.notifications.add([line])))
    assert post.send() == 2
    assert len(post.box.letters) == 1
    assert sorted(str(row.last_error) for row in post.rows()) == ["None", "ValueError"]


def test_senders_at_once_send_each_letter_once(post: Post) -> None:
    for _ in range(6):
        post.tell()
    senders = [threading.Thread(target=post.sender().send_due) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(post.box.letters) == len(set(post.box.message_ids)) == 6
    assert all(row.delivered_at for row in post.rows())


def test_what_was_sent_is_noted_while_stopping_and_nothing_more_is_begun(post: Post) -> None:
    post.tell()
    post.tell()
    stop = threading.Event()
    post.box.before_answering = stop.set
    assert post.sender(stop=stop).send_due() == 1
    assert [row.delivered_at is None for row in post.rows()].count(False) == 1
    assert post.send() == 1


def test_a_sender_killed_between_sending_and_noting_sends_again_under_the_same_id(post: Post) -> None:
    post.tell()
    url = post.store.database.engine.url.render_as_string(hide_password=False)
    running: Queue[subprocess.Popen[bytes]] = Queue()
    post.box.before_answering = lambda: running.get(timeout=10).kill()
    command = [sys.executable, "-m", sender_process.__name__, url, f"smtp://{HOST}:{post.port}"]
    with subprocess.Popen(command) as process:
        running.put(process)
        assert process.wait() == -signal.SIGKILL
    post.box.before_answering = Box.before_answering
    assert (len(post.box.letters), post.row().delivered_at) == (1, None)
    assert post.send() == 0, "the dead sender's lease is not over"
    post.clock.advance(LEASE)
    assert post.send() == 1
    first, second = post.box.message_ids
    assert first == second == f"<{post.row().id}@example.com>"
    assert (post.row().delivered_at, post.row().attempts) == (post.clock.now(), 2)


def test_a_delivery_that_kills_every_sender_ends(post: Post) -> None:
    post.tell()
    for _ in range(MOST_ATTEMPTS):
        post.act(lambda work: work.deliveries.claim_due(work.now(), LEASE))
        post.clock.advance(LEASE)
    assert post.send() == 1
    assert (post.box.letters, post.row().next_attempt_at) == ([], None)
    assert "killed" in post.row().last_error
