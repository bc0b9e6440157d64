"""Ctrl-C ends `jiebang run` at once and quietly, whoever is connected."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from domain.matching.taxonomy import Taxonomy
from infra.accounts import issue_token
from infra.database import Database
from infra.settings import Settings
from infra.system import SystemClock, Uuid7Ids
from infra.unit_of_work import Store
from jiebang.maintenance import prepare
from jiebang.serve import GRACE_SECONDS
from tests.market import build_market

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
    token = _filled(Settings(home=home))
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


def _filled(settings: Settings) -> str:
    """A token of somebody of a market that is stored there."""
    prepare(settings)
    with closing(Database(settings.store_url)) as database:
        store = Store(database, SystemClock(), Uuid7Ids())
        market = build_market(store, Taxonomy.load())
        with store.begin() as work:
            token = issue_token(work.connection, market.captain.person_id, "test", work.now())
            work.commit()
    return token.secret


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
