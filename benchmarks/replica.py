"""The replica of teams in every process: how soon it is ready after a start, and what it weighs."""

import gc
import time
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.market_data import fill
from benchmarks.processes import running, wait_until_ready
from benchmarks.report import Figure
from domain.matching.taxonomy import Taxonomy
from infra.database import Database
from infra.settings import Settings
from infra.taxonomies import Taxonomies
from jiebang.compose import core
from jiebang.maintenance import prepare
from streams.feed import OutboxFeed
from streams.replica import ReplicaKeeper
from tools.services.ports import free_ports

TEAMS = 100_000
STARTS = 3
READY_SECONDS = 3
MEGABYTES = 20
SPAWN = get_context("spawn")


def run() -> list[Figure]:
    """The best of a few starts of `jiebang run`; each part in a process of its own."""
    with TemporaryDirectory(prefix="jiebang-benchmark-") as folder:
        settings = Settings(home=Path(folder), port=free_ports(1)[0])
        prepare(settings)
        with core(settings) as of:
            fill(of.store, of.taxonomy, TEAMS)
        ready = min(_start(settings) for _ in range(STARTS))
        loaded = min(_apart(_load, settings) for _ in range(STARTS))
        weight = _apart(_weigh, settings)
    of_teams = f"replica of {TEAMS:,} teams"
    return [
        Figure(
            f"{of_teams}: `jiebang run` ready after its start",
            ready,
            "s",
            reach=f"≤ {READY_SECONDS} s",
            reached=ready <= READY_SECONDS,
        ),
        Figure(f"{of_teams}: loading alone", loaded, "s"),
        Figure(
            f"{of_teams}: memory",
            weight,
            "MB",
            reach=f"≤ {MEGABYTES} MB",
            reached=weight <= MEGABYTES,
        ),
    ]


def _start(settings: Settings) -> float:
    started = time.perf_counter()
    with running(settings, "run"):
        wait_until_ready(settings)
        return time.perf_counter() - started


def _apart(measure: Callable[[Settings, Pipe], None], settings: Settings) -> float:
    """What `measure` sends, from a process in which nothing has been before."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=measure, args=(settings, theirs))
    process.start()
    result: float = ours.recv()
    process.join()
    return result


def _keeper(database: Database) -> ReplicaKeeper:
    """An empty one, with the engine's compiled code in memory."""
    keeper = ReplicaKeeper(OutboxFeed(database), database, Taxonomies(Taxonomy.load()))
    keeper.replica.warm_up()
    return keeper


def _load(settings: Settings, result: Pipe) -> None:
    with closing(Database(settings.store_url)) as database:
        keeper = _keeper(database)
        started = time.perf_counter()
        keeper.load()
        result.send(time.perf_counter() - started)


def _weigh(settings: Settings, result: Pipe) -> None:
    """Everything that Python and numpy have allocated since, and hold."""
    with closing(Database(settings.store_url)) as database:
        with database.read() as connection:
            connection.exec_driver_sql("SELECT 1").all()
        keeper = _keeper(database)
        tracemalloc.start()
        keeper.load()
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
        result.send(held / 1e6)
