"""Looking for malware in uploaded files with ClamAV's daemon, over its own protocol (clamd(8), INSTREAM).

A file goes there in chunks, each behind its length as four bytes, the highest first; a length of 0 ends it.
The daemon answers `stream: OK`, `stream: NAME FOUND`, or a sentence that ends in ERROR.
"""

import re
import socket
import struct
from dataclasses import dataclass
from typing import BinaryIO, ClassVar, Protocol, Self

from domain.errors import Invalid

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 60.0
"""How long the daemon may take to be reached, and to take a chunk or to answer."""
CHUNK = 256 * 1024
LONGEST_ANSWER = 4_096

_LENGTH = struct.Struct("!I")
_ADDRESS = re.compile(r"(?P<host>[^\s:/\[\]]+|\[[0-9A-Fa-f:.]+\]):(?P<port>\d{1,5})")
_FOUND = re.compile(r"stream: (?P<name>.+) FOUND")


class InfectedFile(Invalid):
    """The scanner knows the file, or a part of it, as malware."""

    code: ClassVar[str] = "infected_file"


class ScannerUnavailable(OSError):
    """The scanner cannot be asked, or has no answer: whether the file is harmless is not known."""


class FileScanner(Protocol):
    """Looks at a file before it is kept."""

    def check(self, content: BinaryIO) -> None:
        """Read from where `content` stands, and leave it there.

        Raises InfectedFile, or ScannerUnavailable where that cannot be told.
        """
        ...


class NoScanner:
    """Takes every file: nothing was set up to scan them."""

    def check(self, content: BinaryIO) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class ClamdAddress:
    """Where the daemon listens: a host with a port, or the path of a Unix socket."""

    host: str = ""
    port: int = 0
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `host:port`, `[IPv6]:port` or an absolute path; raises ValueError with what is meant."""
        if text.startswith("/"):
            return cls(path=text)
        found = _ADDRESS.fullmatch(text)
        if found is None or not 0 < int(found["port"]) < 65536:
            raise ValueError(
                "ClamAV's daemon is host:port, or the path of its socket, such as /run/clamd.ctl"
            )
        return cls(found["host"].strip("[]"), int(found["port"]))

    def connect(self, timeout: float) -> socket.socket:
        """A connection; raises OSError."""
        if not self.path:
            return socket.create_connection((self.host, self.port), timeout)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(timeout)
            connection.connect(self.path)
        except BaseException:
            connection.close()
            raise
        return connection


class ClamdScanner:
    """Asks the daemon about each file over a connection of its own; safe from several threads."""

    def __init__(
        self,
        address: ClamdAddress,
        connect_seconds: float = CONNECT_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._address = address
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds

    def check(self, content: BinaryIO) -> None:
        """As `FileScanner` promises."""
        start = content.tell()
        try:
            answer = self._ask(content)
        except OSError as error:
            raise ScannerUnavailable(f"ClamAV's daemon cannot be asked: {error}") from error
        finally:
            content.seek(start)
        found = _FOUND.fullmatch(answer)
        if found is not None:
            raise InfectedFile(field="file", found=found["name"])
        if answer != "stream: OK":
            raise ScannerUnavailable(f"ClamAV's daemon does not say what it found: {answer or 'no answer'}")

    def _ask(self, content: BinaryIO) -> str:
        with self._address.connect(self._connect_seconds) as connection:
            connection.settimeout(self._answer_seconds)
            connection.sendall(b"zINSTREAM\0")
            while chunk := content.read(CHUNK):
                connection.sendall(_LENGTH.pack(len(chunk)) + chunk)
            connection.sendall(_LENGTH.pack(0))
            return _answer(connection)


def scanner_at(clamd: str | None) -> FileScanner:
    """The scanner of a `JIEBANG_CLAMD`; one that takes every file where it is not set."""
    return NoScanner() if clamd is None else ClamdScanner(ClamdAddress.parse(clamd))


def _answer(connection: socket.socket) -> str:
    """What comes up to the zero byte that ends it, or to the end; no more than an answer is long."""
    answer = b""
    while b"\0" not in answer and len(answer) < LONGEST_ANSWER and (part := connection.recv(LONGEST_ANSWER)):
        answer += part
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()
