"""A Faust worker with all core processors beside a Faust agent that does nothing, on the same topic."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Any

import psutil
from kafka import KafkaProducer
from sqlalchemy import select

from benchmarks.report import Figure
from benchmarks.services import scaled
from infra.accounts import Passwords
from infra.outbox import EVENTS
from infra.schema import migrate
from infra.settings import Settings
from infra.system import Uuid7Ids
from infra.tables.log import outbox
from jiebang.compose import core, run_core_worker
from jiebang.sample.load import load_sample
from producers.topics import ensure_topics
from streams.faust_host import BATCH, WITHIN_SECONDS, build_app, group_of
from streams.kafka_lag import Lag

COUNT = 200_000
REACH = 0.2
MOST_GROWTH = 1.1
POLL_SECONDS = 0.1
SPAWN = get_context("spawn")


def run() -> list[Figure]:
    """The sample market's own events, over and over with new ids, through each worker in turn."""
    with scaled(elasticsearch=False) as settings:
        _fill(settings)
        idle, _, _ = _measure(settings, "noop", _run_noop)
        rate, early, late = _measure(settings, "core", run_core_worker)
    return [
        Figure(
            "Faust worker with all core processors, effects committed",
            rate,
            "events/s",
            peer="a Faust agent that does nothing",
            peer_value=idle,
            reach=f"≥ {REACH}×",
            reached=rate / idle >= REACH,
        ),
        Figure(
            f"its memory after {COUNT:,} events",
            late,
            "MB",
            peer="after a quarter of them",
            peer_value=early,
            reach=f"≤ {MOST_GROWTH}×",
            reached=late <= early * MOST_GROWTH,
        ),
    ]


def _fill(settings: Settings) -> None:
    """A market, and its events in Kafka until there are `COUNT` of them."""
    ensure_topics(settings)
    with core(settings) as of:
        migrate(of.database)
        load_sample(of.store, of.taxonomy, Passwords(), settings.home)
        with of.database.read() as connection:
            query = select(outbox.c.key, outbox.c.headers, outbox.c.value)
            rows = connection.execute(query.where(outbox.c.topic == EVENTS).order_by(outbox.c.id)).all()
    ids = Uuid7Ids()
    producer = KafkaProducer(bootstrap_servers=settings.kafka, linger_ms=5, batch_size=64 * 1024)
    for key, headers, value in islice(cycle(rows), COUNT):
        fresh = {**headers, "ce_id": ids.new()}
        pairs = [(name, text.encode()) for name, text in fresh.items()]
        producer.send(settings.events_topic, key=key.encode(), value=value, headers=pairs)
    producer.close()


def _measure(settings: Settings, name: str, target: Any) -> tuple[float, float, float]:
    """Events per second from the tenth part on; megabytes after a quarter and after all of them."""
    with _process(target, settings) as process:
        memory = psutil.Process(process.pid)
        return asyncio.run(_follow(settings, group_of(name, settings), memory))


async def _follow(settings: Settings, group: str, process: psutil.Process) -> tuple[float, float, float]:
    lag = Lag(settings.kafka, group, [settings.events_topic])
    started: tuple[float, int] | None = None
    early = 0.0
    try:
        while (waiting := (await lag.of()).waiting) > 0:
            if started is None and waiting <= COUNT * 0.9:
                started = (time.perf_counter(), waiting)
            if not early and waiting <= COUNT * 0.75:
                early = process.memory_info().rss / 1e6
            await asyncio.sleep(POLL_SECONDS)
    finally:
        await lag.close()
    assert started is not None, "the worker was too quick to be measured"
    rate = started[1] / (time.perf_counter() - started[0])
    return rate, early, process.memory_info().rss / 1e6


@contextmanager
def _process(target: Any, settings: Settings) -> Iterator[BaseProcess]:
    process = SPAWN.Process(target=target, args=(settings,))
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        process.join()


def _run_noop(settings: Settings) -> None:
    import faust

    (settings.home / "faust").mkdir(parents=True, exist_ok=True)
    app = build_app("noop", settings)

    async def nothing(stream: Any) -> None:
        async for _ in stream.take(BATCH, within=WITHIN_SECONDS):
            pass

    app.agent(app.topic(settings.events_topic, internal=False))(nothing)
    faust.Worker(app, override_logging=False, quiet=True).execute_from_commandline()
