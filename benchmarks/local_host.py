"""The local host at work on a long log, while clients post: how much it takes in, and how long they wait."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert, select

from benchmarks.market_data import Generator, fill
from benchmarks.posting import Poster, token_of
from benchmarks.processes import running, wait_until_ready
from benchmarks.report import Figure, Timing
from infra import checkpoints
from infra.accounts import Passwords
from infra.database import Database
from infra.log_reader import end_of_log
from infra.outbox import EVENTS
from infra.settings import Settings
from infra.system import Uuid7Ids
from infra.tables.log import outbox
from jiebang.compose import Core, core
from jiebang.maintenance import prepare
from jiebang.sample.load import load_sample
from tools.services.ports import free_ports

COUNT = 100_000
CLIENTS = 8
PAUSE = 0.2
CONSUMERS = ("matcher@1", "notifier@1", "progress@1", "indexer@1")
REACH = 2_000
LONGEST_POST = 50
LOOK_SECONDS = 0.05


def run() -> list[Figure]:
    """The sample market's own events, over and over with new ids, through all processors of `jiebang run`."""
    with TemporaryDirectory(prefix="jiebang-benchmark-") as folder:
        settings = Settings(home=Path(folder), port=free_ports(1)[0])
        prepare(settings)
        with core(settings) as of:
            token = _fill(of)
            with of.database.read() as connection:
                end = end_of_log(connection)
            with running(settings, "run"):
                wait_until_ready(settings)
                with _clients(settings, token, of) as waits:
                    rate = _rate(of.database, end)
    posting = Timing(waits)
    clients = f"while {CLIENTS} clients post {len(waits):,} challenges"
    p99 = posting.milliseconds(99)
    return [
        Figure(
            f"local host with all processors, effects committed, {clients}",
            rate,
            "events/s",
            reach=f"≥ {REACH:,}/s",
            reached=rate >= REACH,
        ),
        Figure("their POST, p50", posting.milliseconds(50), "ms"),
        Figure("their POST, p99", p99, "ms", reach=f"≤ {LONGEST_POST} ms", reached=p99 <= LONGEST_POST),
    ]


def _fill(of: Core) -> str:
    """A market, and its events in the log until there are `COUNT` of them; a token to post with."""
    load_sample(of.store, of.taxonomy, Passwords(), of.settings.home)
    token = token_of(of.store, fill(of.store, of.taxonomy, team_count=0))
    ids = Uuid7Ids()
    with of.database.write() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.topic == EVENTS).order_by(outbox.c.id)).all()
        fresh = [
            {
                "topic": row.topic,
                "key": row.key,
                "headers": {**row.headers, "ce_id": ids.new()},
                "value": row.value,
                "created_at": row.created_at,
            }
            for row in islice(cycle(rows), COUNT)
        ]
        connection.execute(insert(outbox), fresh)
        connection.commit()
    return token


def _rate(database: Database, end: int) -> float:
    """Events per second of the slowest consumer, up to the log's `end`."""
    began, first = time.perf_counter(), _slowest(database)
    while _slowest(database) < end:
        time.sleep(LOOK_SECONDS)
    return (end - first) / (time.perf_counter() - began)


def _slowest(database: Database) -> int:
    with database.read() as connection:
        return min(checkpoints.positions(connection, CONSUMERS).values())


@contextmanager
def _clients(settings: Settings, token: str, of: Core) -> Iterator[list[float]]:
    """Threads that post, each with a pause in between; how long (seconds) each post took, once they end."""
    stop, waits = threading.Event(), list[float]()

    def post(number: int) -> None:
        with Poster(settings, token, Generator(of.taxonomy, seed=number)) as poster:
            poster.post()  # connects
            while not stop.wait(PAUSE):
                posted = poster.post()
                waits.append(posted.answered - posted.sent)

    threads = [threading.Thread(target=post, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield waits
    finally:
        stop.set()
        for thread in threads:
            thread.join()
