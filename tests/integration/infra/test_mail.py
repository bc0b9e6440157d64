"""Letters over real SMTP: what arrives, and what a refusal means."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import quote

import pytest
import trustme

from infra.mail import Letter, NotSent, SmtpMailer, SmtpServer
from tests.fakes.clock import FakeClock
from tests.smtp_server import HOST, PASSWORD, USER, Box, signing_in, smtp_server, smtps, starttls
from tools.services.ports import free_ports

SENDER = "jiebang@example.com"
TO = "captain@example.com"
LETTER = Letter(
    id="0d4f1d1c-5a4e-5a53-9d43-000000000001",
    to=TO,
    subject="有难题适合你们（J-0412）",
    text="有难题适合你们。\n\nJ-0412 数控主轴振动在线监测\nhttps://jiebang.example.com/inbox/7\n",
    language="zh",
)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def servers_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(HOST).configure_cert(context)
    return context


@pytest.fixture
def box() -> Box:
    return Box()


@contextmanager
def mailer(url: str, authority: trustme.CA | None = None, timeout: float = 20) -> Iterator[SmtpMailer]:
    def tls() -> ssl.SSLContext:
        context = ssl.create_default_context()
        if authority is not None:
            authority.configure_trust(context)
        return context

    mailer = SmtpMailer(SmtpServer.parse(url), SENDER, FakeClock(), tls, timeout)
    try:
        yield mailer
    finally:
        mailer.close()


def refused(url: str, letter: Letter = LETTER, authority: trustme.CA | None = None) -> NotSent:
    with mailer(url, authority) as sending, pytest.raises(NotSent) as error:
        sending.send(letter)
    return error.value


def test_a_letter_arrives_as_it_was_written(box: Box) -> None:
    with smtp_server(box) as port, mailer(f"smtp://{HOST}:{port}") as sending:
        sending.send(LETTER)
    (letter,) = box.letters
    assert letter["Subject"] == LETTER.subject
    assert letter.get_content().splitlines() == LETTER.text.splitlines()
    assert (letter["To"], letter["From"]) == (TO, f"Jiebang 揭榜 <{SENDER}>")
    assert letter["Message-ID"] == f"<{LETTER.id}@example.com>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "zh"
    assert letter["Date"].datetime == FakeClock().now()
    assert letter["Content-Transfer-Encoding"] in ("base64", "quoted-printable")


def test_a_connection_is_kept_until_it_is_closed(box: Box) -> None:
    with smtp_server(box) as port, mailer(f"smtp://{HOST}:{port}") as sending:
        sending.send(LETTER)
        sending.send(LETTER)
        assert len(box.sessions) == 1
        sending.close()
        sending.send(LETTER)
        assert len(box.sessions) == 2
    assert len(set(box.message_ids)) == 1


# The server's library takes TLS from the start for none.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_sign_in_is_secured(
    scheme: str, box: Box, authority: trustme.CA, servers_tls: ssl.SSLContext
) -> None:
    secured = starttls(servers_tls) if scheme == "smtp+starttls" else smtps(servers_tls)
    secured |= signing_in() | {"auth_require_tls": scheme == "smtp+starttls"}
    with smtp_server(box, **secured) as port:
        address = f"{HOST}:{port}"
        with mailer(f"{scheme}://{USER}:{quote(PASSWORD, safe='')}@{address}", authority) as sending:
            sending.send(LETTER)
        wrong = refused(f"{scheme}://{USER}:wrong@{address}", authority=authority)
        untrusted = refused(f"{scheme}://{address}")
    assert len(box.letters) == 1
    assert "535" in str(wrong)
    assert not wrong.permanent
    assert "CERTIFICATE_VERIFY_FAILED" in str(untrusted)
    assert not untrusted.permanent


def test_no_letter_goes_unsecured_where_security_was_asked_for(box: Box) -> None:
    with smtp_server(box) as port:
        error = refused(f"smtp+starttls://{HOST}:{port}")
    assert "STARTTLS" in str(error)
    assert box.letters == []


@pytest.mark.parametrize(
    ("reply", "permanent", "codes"),
    [
        (f"550 5.1.1 <{TO}>: nobody of that name", True, "550 5.1.1"),
        (f"450 4.2.1 {TO} is busy", False, "450 4.2.1"),
        (f"553 {TO}", True, "553"),
        ("421 4.3.2 closing", False, "421 4.3.2"),
    ],
)
def test_a_refused_recipient_is_told_by_codes_alone(
    box: Box, reply: str, permanent: bool, codes: str
) -> None:
    box.recipients[TO] = reply
    with smtp_server(box) as port:
        error = refused(f"smtp://{HOST}:{port}")
    assert (str(error), error.permanent) == (f"recipient refused: {codes}", permanent)


@pytest.mark.parametrize(("reply", "permanent"), [("554 5.7.1 spam", True), ("451 4.3.0 later", False)])
def test_refused_contents(box: Box, reply: str, permanent: bool) -> None:
    box.contents = reply
    with smtp_server(box) as port:
        error = refused(f"smtp://{HOST}:{port}")
    assert (str(error), error.permanent) == (f"contents refused: {reply[:9]}", permanent)


def test_a_refused_sender_is_for_the_operator_to_mend(box: Box) -> None:
    box.senders[SENDER] = "550 5.7.1 not from here"
    with smtp_server(box) as port:
        error = refused(f"smtp://{HOST}:{port}")
    assert "550 5.7.1" in str(error)
    assert not error.permanent


def test_the_next_letter_goes_after_one_that_was_refused(box: Box) -> None:
    box.recipients[TO] = "550 5.1.1 no"
    with smtp_server(box) as port, mailer(f"smtp://{HOST}:{port}") as sending:
        with pytest.raises(NotSent):
            sending.send(LETTER)
        sending.send(replace(LETTER, to="member@example.com"))
    assert [letter["To"] for letter in box.letters] == ["member@example.com"]


def test_a_server_that_is_down_is_tried_later_and_found_when_it_is_back(box: Box) -> None:
    (port,) = free_ports(1)
    with mailer(f"smtp://{HOST}:{port}") as sending:
        with pytest.raises(NotSent, match="Connection refused") as error:
            sending.send(LETTER)
        assert not error.value.permanent
        with smtp_server(box, port):
            sending.send(LETTER)
            sending.close()
    assert len(box.letters) == 1


def test_a_server_that_never_answers_is_given_up_in_time() -> None:
    with socket.create_server((HOST, 0)) as silent:
        url = f"smtp://{HOST}:{silent.getsockname()[1]}"
        with mailer(url, timeout=0.1) as sending, pytest.raises(NotSent, match="timed out") as error:
            sending.send(LETTER)
    assert not error.value.permanent
