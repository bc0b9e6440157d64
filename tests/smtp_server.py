"""A real SMTP server in the test's own process, which answers what the test tells it to."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tools.services.ports import free_ports

HOST = "127.0.0.1"
READY_SECONDS = 30.0
TAKEN = "250 2.0.0 taken"
USER, PASSWORD = "jiebang", "p@ss/word"


def nothing() -> None:
    """Nothing happens."""


@dataclass
class Box:
    """What the server took, and how it answers: `senders` and `recipients` by address, else with a 250."""

    letters: list[EmailMessage] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    senders: dict[str, str] = field(default_factory=dict)
    recipients: dict[str, str] = field(default_factory=dict)
    contents: str = TAKEN
    before_answering: Callable[[], None] = nothing

    @property
    def message_ids(self) -> list[str]:
        """In the order in which the letters came."""
        return [str(letter["Message-ID"]) for letter in self.letters]

    async def handle_MAIL(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Whether mail from there is taken."""
        if address in self.senders:
            return self.senders[address]
        envelope.mail_from = address
        return TAKEN

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Whether mail to there is taken."""
        if address in self.recipients:
            return self.recipients[address]
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the letter, or say why not."""
        if self.contents == TAKEN:
            assert isinstance(envelope.content, bytes)
            letter = message_from_bytes(envelope.content, policy=default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
            if session not in self.sessions:
                self.sessions.append(session)
        self.before_answering()
        return self.contents


@contextmanager
def smtp_server(box: Box, port: int | None = None, **options: Any) -> Iterator[int]:
    """The port of a server that answers as `box` says; `options` are the library's."""
    controller = Controller(
        box, hostname=HOST, port=port or free_ports(1)[0], ready_timeout=READY_SECONDS, **options
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def signing_in() -> dict[str, Any]:
    """Options of a server that wants to know who is there."""

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> Any:
        right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    return {"authenticator": authenticate, "auth_required": True}


def starttls(context: ssl.SSLContext) -> dict[str, Any]:
    """Options of a server that begins in the clear and does nothing before STARTTLS."""
    return {"tls_context": context, "require_starttls": True}


def smtps(context: ssl.SSLContext) -> dict[str, Any]:
    """Options of a server that speaks TLS from the start."""
    return {"ssl_context": context}
