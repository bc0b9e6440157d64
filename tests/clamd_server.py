"""A stand-in for ClamAV's daemon: a real server that speaks INSTREAM and finds one string.

There is no ClamAV where the tests run. The protocol is written from clamd(8), and the stand-in is strict
about it: whoever sends another command gets an error. What it answers to a whole file may be set.
"""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SIGNATURE = b"SAMPLE-OF-" + b"SOMETHING-HARMFUL"
"""What the stand-in finds; no real scanner minds it."""
NAME = "Jiebang.Test-Signature"
COMMAND = b"zINSTREAM\0"


@dataclass(slots=True)
class Clamd:
    """The running stand-in: its address as JIEBANG_CLAMD has it, and the files that it was sent."""

    address: str
    answer: bytes | None = None
    """Instead of the daemon's; empty to close the connection without one."""
    seen: list[bytes] = field(default_factory=list)

    def talk(self, connection: socket.socket) -> None:
        """One conversation."""
        with connection, connection.makefile("rb") as stream:
            if stream.read(len(COMMAND)) != COMMAND:
                connection.sendall(b"UNKNOWN COMMAND\0")
                return
            content = b""
            while length := struct.unpack("!I", stream.read(4))[0]:
                content += stream.read(length)
            self.seen.append(content)
            found = f"stream: {NAME} FOUND" if SIGNATURE in content else "stream: OK"
            connection.sendall(found.encode() + b"\0" if self.answer is None else self.answer)


@contextmanager
def clamd_server(unix_socket: Path | None = None) -> Iterator[Clamd]:
    """Serve on a free port, or on a Unix socket, until the block ends."""
    if unix_socket is None:
        listener = socket.create_server(("127.0.0.1", 0))
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    else:
        listener, address = socket.socket(socket.AF_UNIX), str(unix_socket)
        listener.bind(address)
        listener.listen()
    clamd = Clamd(address)
    serving = threading.Thread(target=_serve, args=(listener, clamd), daemon=True)
    serving.start()
    try:
        yield clamd
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        serving.join(10)


def _serve(listener: socket.socket, clamd: Clamd) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return  # the block has ended
        clamd.talk(connection)
