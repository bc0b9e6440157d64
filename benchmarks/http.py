"""`GET /challenges/{id}` with a token, beside a bare FastAPI route that returns the same bytes."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx2

from benchmarks.market_data import Generator, fill
from benchmarks.report import Figure
from domain.matching.taxonomy import Taxonomy
from domain.use_cases.challenges import PostChallenge, post_challenge
from infra.accounts import issue_token
from infra.database import Database
from infra.schema import migrate
from infra.settings import Settings
from infra.system import SystemClock, Uuid7Ids
from infra.unit_of_work import Store
from jiebang.compose import core
from jiebang.maintenance import prepare
from tools.services.ports import HOST, free_ports
from tools.services.postgres import Postgres

TEAMS = 100
ROUNDS = 7
SECONDS = 2.0
CONNECTIONS = 16
TOKENS = 400
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Target:
    """A route to ask, and the tokens of those who ask in turn: as many as keep the usual limit of rates."""

    path: str
    tokens: Sequence[str]

    def requests(self, port: int) -> Iterator[bytes]:
        """The requests as they go over the wire, without end."""
        for token in cycle(self.tokens):
            head = f"GET {self.path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nAuthorization: Bearer {token}\r\n"
            yield f"{head}\r\n".encode()


def run() -> list[Figure]:
    """Rows of both databases."""
    with TemporaryDirectory(prefix="jiebang-bench-") as name:
        folder = Path(name)
        return [_embedded_row(folder), _postgres_row(folder)]


def _embedded_row(folder: Path) -> Figure:
    settings = Settings(home=folder / "home")
    prepare(settings)
    with core(settings) as of:
        target = _target(of.store)
    return _row("embedded", "embedded", str(settings.home), target, folder, least=0.3)


def _postgres_row(folder: Path) -> Figure:
    postgres = Postgres(folder / "postgres", quick=True)
    try:
        postgres.start()
        url = postgres.create_database("http")
        database = Database(url)
        migrate(database)
        target = _target(Store(database, SystemClock(), Uuid7Ids()))
        database.close()
        return _row("PostgreSQL", "rows", url, target, folder, least=0.15)
    finally:
        postgres.stop()


def _target(store: Store) -> Target:
    """An open challenge in a small market, and tokens of somebody of its factory."""
    taxonomy = Taxonomy.load()
    market = fill(store, taxonomy, TEAMS)
    brief = Generator(taxonomy, seed=1).brief(SystemClock(), 1)
    with store.begin() as work:
        command = PostChallenge(brief, publish=True)
        challenge = post_challenge(work, market.engineer, command, taxonomy)
        issued = [
            issue_token(work.connection, market.engineer.person_id, "benchmark", work.now())
            for _ in range(TOKENS)
        ]
        work.commit()
    return Target(f"/api/v1/challenges/{challenge.id}", [token.secret for token in issued])


def _row(name: str, kind: str, source: str, target: Target, folder: Path, least: float) -> Figure:
    with ExitStack() as serving:
        ours = serving.enter_context(_served(kind, source))
        body = folder / f"{name}.json"
        body.write_bytes(_answer(ours, target))
        bare = serving.enter_context(_served("bare", str(body)))
        if _answer(bare, target) != body.read_bytes():
            raise ValueError("the peers do not answer with the same bytes")
        rates: dict[int, list[float]] = {ours: [], bare: []}
        for round_ in range(ROUNDS + 1):
            for port, taken in rates.items():
                rate = asyncio.run(_rate(port, target))
                if round_:  # the first warms up
                    taken.append(rate)
    mine, peers = median(rates[ours]), median(rates[bare])
    return Figure(
        f"`GET /challenges/{{id}}` with a token, {name}",
        mine,
        "requests/s",
        "a bare FastAPI route, the same bytes",
        peers,
        f"≥ {least}×",
        mine / peers >= least,
    )


@contextmanager
def _served(kind: str, source: str) -> Iterator[int]:
    """A server in a process of its own; its port, once it answers."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "benchmarks.http_serving", kind, str(port), source]
    with subprocess.Popen(command) as process:
        try:
            asyncio.run(_until_it_listens(port))
            yield port
        finally:
            process.terminate()


async def _until_it_listens(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return


def _answer(port: int, target: Target) -> bytes:
    asked = httpx2.get(
        f"http://{HOST}:{port}{target.path}", headers={"Authorization": f"Bearer {target.tokens[0]}"}
    )
    return asked.raise_for_status().content


async def _rate(port: int, target: Target) -> float:
    """Requests a second over some connections, each with one request at a time."""
    deadline = time.perf_counter() + SECONDS
    started = time.perf_counter()
    requests = target.requests(port)
    answered = await asyncio.gather(*(_ask(port, requests, deadline) for _ in range(CONNECTIONS)))
    return sum(answered) / (time.perf_counter() - started)


async def _ask(port: int, requests: Iterator[bytes], deadline: float) -> int:
    reader, writer = await asyncio.open_connection(HOST, port)
    answered = 0
    while time.perf_counter() < deadline:
        writer.write(next(requests))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise ValueError(head.decode())
        length = head.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]
        await reader.readexactly(int(length))
        answered += 1
    writer.close()
    return answered
