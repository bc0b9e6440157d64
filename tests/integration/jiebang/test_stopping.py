"""Ctrl-C ends `jiebang run` at once and quietly, whoever is connected."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from infra.settings import Settings
from jiebang.serve import GRACE_SECONDS
from tests.installation import fill, token_of

READY_SECONDS = 90.0
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Running:
    """A process that answers."""

    process: subprocess.Popen[bytes]
    output: Path
    address: str
    token: str

    def interrupt(self) -> None:
        """Press Ctrl-C; fails unless it ends well, quietly, and before the grace of open requests is over."""
        said = self.output.read_text("utf-8")
        started = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(READY_SECONDS) in (0, 128 + signal.SIGINT)
        assert time.monotonic() - started < GRACE_SECONDS
        assert self.output.read_text("utf-8") == said


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """`jiebang run` over a small market."""
    home, output = tmp_path / "home", tmp_path / "output"
    settings = Settings(home=home)
    token = token_of(settings, fill(settings).captain.person_id)
    environment = {**os.environ, "JIEBANG_HOME": str(home), "JIEBANG_PORT": "0"}
    with output.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "jiebang", "run"], env=environment, stdout=told, stderr=told
        )
    try:
        yield Running(process, output, _address(process, output), token)
    finally:
        process.kill()
        process.wait()


def _address(process: subprocess.Popen[bytes], output: Path) -> str:
    deadline = time.monotonic() + READY_SECONDS
    while not (found := re.search(r"http://\S+", output.read_text("utf-8"))):
        assert process.poll() is None, output.read_text("utf-8")
        assert time.monotonic() < deadline, output.read_text("utf-8")
        time.sleep(POLL_SECONDS)
    return found[0]


def test_with_nobody_there(running: Running) -> None:
    assert httpx2.get(f"{running.address}/readyz").status_code == httpx2.codes.OK
    running.interrupt()


def test_with_live_pages_open(running: Running) -> None:
    headers = {"Authorization": f"Bearer {running.token}"}
    with (
        httpx2.Client(base_url=running.address, headers=headers, timeout=READY_SECONDS) as browser,
        browser.stream("GET", "/api/v1/stream") as one,
        browser.stream("GET", "/api/v1/stream") as other,
    ):
        for page in (one, other):
            assert page.headers["content-type"].startswith("text/event-stream")
        running.interrupt()
