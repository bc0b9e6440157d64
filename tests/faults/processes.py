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

from tools.leash import leashed

JIEBANG = Path(sys.executable).with_name("jiebang")
READY_SECONDS = 60.0
POLL_SECONDS = 0.02
RESTART_SECONDS = 0.1


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """One `jiebang` subcommand that is started again whenever it ends, as a service manager does.

    Use it as a context; its output goes to a file. `url` is where it says whether it is ready, if it does.
    """

    def __init__(
        self, arguments: list[str], environment: Mapping[str, str], log: Path, url: str | None = None
    ) -> None:
        self._arguments = [str(JIEBANG), *arguments]
        self._environment = {**os.environ, **environment}
        self._log = log
        self._url = url
        self._stopping = threading.Event()
        self._running = self._start()
        self._keeper = threading.Thread(target=self._keep)

    def kill(self) -> None:
        """SIGKILL: nothing is cleaned up; the next one starts at once."""
        running = self._running
        running.kill()
        running.wait()

    def wait_until_ready(self) -> None:
        """Return once it says so, or at once where it has no way to; fails with the process's own words."""
        deadline = time.monotonic() + READY_SECONDS
        while self._url is not None and not _is_ready(self._url):
            assert time.monotonic() < deadline, f"{self._url} is not ready:\n{self._log.read_text()[-3000:]}"

    def __enter__(self) -> "Process":
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        """SIGTERM, and wait."""
        self._stopping.set()
        self._running.send_signal(signal.SIGTERM)
        self._keeper.join()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                leashed(self._arguments),
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _keep(self) -> None:
        self._await_its_end()
        while not self._stopping.wait(RESTART_SECONDS):
            self._running = self._start()
            if self._stopping.is_set():
                self._running.terminate()
            self._await_its_end()

    def _await_its_end(self) -> None:
        with self._running:  # closes the leash, too
            self._running.wait()


def _is_ready(url: str) -> bool:
    """Whether `/readyz` says so; takes a moment to find out that nobody listens."""
    try:
        return httpx2.get(f"{url}/readyz", timeout=2).status_code == httpx2.codes.OK
    except httpx2.TransportError:
        threading.Event().wait(POLL_SECONDS)
        return False
