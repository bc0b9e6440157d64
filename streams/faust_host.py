"""Runs processors on Kafka: two Faust apps, `core` and `index`, each with a consumer group of its own.

Apart, because one agent that waits (for Elasticsearch, say) stalls every agent of its worker. Faust takes an
event for done when the agent's body ends, however it ends. Hence: nothing escapes the guard, a cancelled
body first finishes its batch, and a batch that was given up ends the process before Faust can commit it.
"""

import asyncio
import logging
import os
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import faust
from faust.types import EventT

from infra.outbox import EVENTS, INTAKE
from infra.settings import Settings
from streams import metrics
from streams.guard import Guard
from streams.messages import RawMessage
from streams.patience import Stopped
from streams.watchdog import Watchdog

log = logging.getLogger(__name__)

BATCH = 100
WITHIN_SECONDS = 0.02
TICK_SECONDS = 2.0

Guards = Mapping[str, Sequence[Guard[Any]]]
"""The guards that read a topic, by its short name."""


def run_worker(name: str, settings: Settings, guards: Guards, stop: threading.Event) -> None:
    """Run the guards in the consumer group of `name` until SIGTERM or SIGINT; `stop` is the guards' own.

    Ends the process.
    """
    app = build_app(name, settings)
    everybody = [guard for of_topic in guards.values() for guard in of_topic]
    watchdog = Watchdog(everybody)
    topics = {EVENTS: settings.events_topic, INTAKE: settings.intake_topic}
    for topic, readers in guards.items():
        for guard in readers:
            _add_agent(app, topic, topics[topic], guard)
    _add_tick(app, name, watchdog)
    worker = _Worker(app, stop, loglevel="WARNING", redirect_stdouts=False)
    watchdog.start()
    worker.execute_from_commandline()


def build_app(name: str, settings: Settings) -> faust.App:
    """The Faust app: raw bytes in, no tables, no web, and a group that notices a dead member in seconds."""
    return faust.App(
        f"{settings.topic_prefix}-{name}-{settings.generation}",
        broker=f"aiokafka://{settings.kafka}",
        store="memory://",
        key_serializer="raw",
        value_serializer="raw",
        autodiscover=False,
        web_enabled=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=6,
        broker_heartbeat_interval=2,
        broker_max_poll_records=500,
        broker_commit_interval=1.0,
    )


class _Worker(faust.Worker):
    """A worker that lets its guards finish before Faust cancels its agents."""

    def __init__(self, app: faust.App, stop: threading.Event, **options: Any) -> None:
        super().__init__(app, **options)
        self._guards_stop = stop

    async def on_stop(self) -> None:
        self._guards_stop.set()
        await super().on_stop()


def _add_agent(app: faust.App, topic: str, kafka_topic: str, guard: Guard[Any]) -> None:
    async def run(stream: Any) -> AsyncIterator[None]:
        async for events in stream.take_events(BATCH, within=WITHIN_SECONDS):
            batch = [_raw(topic, event) for event in events]
            if guard.concerns(batch):
                await _finish(guard, batch)
            yield

    app.agent(app.topic(kafka_topic, internal=False), name=guard.name, concurrency=1)(run)


async def _finish(guard: Guard[Any], batch: Sequence[RawMessage]) -> None:
    """Run the batch in a thread to its end, whatever is cancelled meanwhile."""
    running = asyncio.ensure_future(asyncio.to_thread(guard.run, batch))
    cancelled = False
    while not running.done():
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:
            cancelled = True
    if isinstance(running.exception(), Stopped):
        _leave()
    running.result()
    if cancelled:
        raise asyncio.CancelledError


def _leave() -> None:
    """Go before Faust acknowledges a batch that was given up; the next start gets it again."""
    log.warning("This worker stops in the middle of a batch, which comes again.")
    logging.shutdown()
    os._exit(0)


def _raw(topic: str, event: EventT[bytes]) -> RawMessage:
    message = event.message
    headers = message.headers or ()
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return RawMessage(
        topic=topic,
        origin=f"{message.topic}/{message.partition}/{message.offset}",
        key=(message.key or b"").decode(errors="replace"),
        headers={name: _text(value) for name, value in pairs},
        value=message.value,
        position=message.offset,
    )


def _text(value: bytes | str | None) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value or ""


def _add_tick(app: faust.App, name: str, watchdog: Watchdog) -> None:
    async def tick() -> None:
        lag = _lag(app)
        metrics.LAG.labels(f"faust.{name}").set(lag)
        watchdog.tick(lag)

    app.timer(interval=TICK_SECONDS, on_leader=False)(tick)


def _lag(app: faust.App) -> int:
    """How many messages of the assigned partitions are not committed."""
    ends = app.monitor.tp_end_offsets
    committed = app.monitor.tp_committed_offsets
    return sum(max(0, end - committed.get(tp, end)) for tp, end in ends.items())
