"""Mail over SMTP. A letter keeps its Message-ID however often it is sent, so that twice is known for once."""

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Self
from urllib.parse import unquote, urlsplit

from domain.contacts import Language
from domain.ports import Clock

TIMEOUT_SECONDS = 20.0
"""For each answer of the server; a letter takes some ten of them."""
SENDER_NAME = "Jiebang 揭榜"
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}

_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")
_WIRE = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to one person; `id` is the same whenever it is sent."""

    id: str
    to: str
    subject: str
    text: str
    language: Language


class NotSent(Exception):
    """The letter was not taken; where it is `permanent`, it never will be.

    The message names no person: servers like to repeat the address, so only their codes are in it.
    """

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over, and how the connection is secured: not, by STARTTLS, or from the start."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """From `smtp://`, `smtp+starttls://` or `smtps://` `user:password@host:port`.

        Raises ValueError that says what is wrong without repeating the password.
        """
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError(
                "an SMTP server is smtp://, smtp+starttls:// or smtps://, and then user:password@host:port; "
                "user, password and port may be left out"
            )
        try:
            port = parts.port or PORTS[parts.scheme]
        except ValueError:
            raise ValueError("the SMTP server's port has to be a number up to 65535") from None
        user = unquote(parts.username) if parts.username else None
        return cls(parts.scheme, parts.hostname, port, user, unquote(parts.password or ""))

    def connect(self, tls: ssl.SSLContext, timeout: float) -> smtplib.SMTP:
        """A session that is ready for letters; raises smtplib's errors and OSError."""
        if self.scheme == "smtps":
            session: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=timeout, context=tls)
        else:
            session = smtplib.SMTP(self.host, self.port, timeout=timeout)
        try:
            if self.scheme == "smtp+starttls":
                session.starttls(context=tls)
            if self.user is not None:
                session.login(self.user, self.password)
        except BaseException:
            session.close()
            raise
        return session


class SmtpMailer:
    """Sends letters, one after the other, over a connection that it keeps until `close`. For one thread."""

    def __init__(
        self,
        server: SmtpServer,
        sender: str,
        clock: Clock,
        tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._server = server
        self._sender = Address(SENDER_NAME, addr_spec=sender)
        self._clock = clock
        self._tls = tls
        self._timeout = timeout
        self._session: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> None:
        """Hand it over; returns once the server has taken it. Raises NotSent.

        Only what the server says of the recipient or the contents is permanent: a refused sign-in or sender
        is this installation's fault, which an operator can mend.
        """
        message = self._message(letter)
        try:
            if self._session is None:
                self._session = self._server.connect(self._tls(), self._timeout)
            self._session.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise _not_sent(error) from None

    def close(self) -> None:
        """Take leave of the server; the next letter connects again."""
        session, self._session = self._session, None
        if session is not None:
            try:
                session.quit()
            except (smtplib.SMTPException, OSError):
                session.close()

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(_WIRE)
        message["From"] = self._sender
        message["To"] = Address(addr_spec=letter.to)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<{letter.id}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        message["Content-Language"] = letter.language
        return message


def _not_sent(error: Exception) -> NotSent:
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=recipients):
            code, said = next(iter(recipients.values()))
            return NotSent(f"recipient refused: {_codes(code, said)}", permanent=code >= 500)
        case smtplib.SMTPDataError(smtp_code=code, smtp_error=said):
            return NotSent(f"contents refused: {_codes(code, said)}", permanent=code >= 500)
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=said):
            return NotSent(f"session refused: {_codes(code, said)} ({type(error).__name__})")
    return NotSent(f"server not reached: {type(error).__name__}: {error}")


def _codes(code: int, said: bytes | str) -> str:
    """The reply's code and its enhanced status code (RFC 3463), where it begins with one."""
    enhanced = _ENHANCED.match(said if isinstance(said, bytes) else said.encode())
    return f"{code} {enhanced[0].decode()}" if enhanced else str(code)
