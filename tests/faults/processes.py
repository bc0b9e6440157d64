"""Jiebang's own processes, started as an operator starts them, to be killed."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import httpx2

JIEBANG = Path(sys.executable).with_name("jiebang")
READY_SECONDS = 60.0
POLL_SECONDS = 0.02


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """One `jiebang` subcommand that can be killed and started again; its output goes to a file."""

    def __init__(self, arguments: list[str], environment: Mapping[str, str], log: Path) -> None:
        self._arguments = [str(JIEBANG), *arguments]
        self._environment = {**os.environ, **environment}
        self._log = log
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                self._arguments, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """SIGKILL: nothing is cleaned up."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, and wait; a process that is gone already is stopped."""
        self._signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> None:
        if self._running is not None:
            self._running.send_signal(number)
            self._running.wait(READY_SECONDS)
            self._running = None

    def __enter__(self) -> "Process":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._running is not None and self._running.poll() is None:
            self.stop()


def wait_until_ready(url: str, log: Path) -> None:
    """Return once `/readyz` says so; fails with the process's own words."""
    deadline = time.monotonic() + READY_SECONDS
    while not is_ready(url):
        assert time.monotonic() < deadline, f"{url} did not get ready:\n{log.read_text()[-3000:]}"


def is_ready(url: str) -> bool:
    """Whether `/readyz` says so; takes a moment to find out that nobody listens."""
    try:
        return httpx2.get(f"{url}/readyz", timeout=2).status_code == httpx2.codes.OK
    except httpx2.TransportError:
        threading.Event().wait(POLL_SECONDS)
        return False
