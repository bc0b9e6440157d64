"""Runs processors on Kafka: two Faust apps, `core` and `index`, each with a consumer group of its own.

Apart, because one agent that waits (for Elasticsearch, say) stalls every agent of its worker. Each processor
is an agent; every agent gets every message of its topic, and Faust commits what all of them acknowledged.

Faust's own streams acknowledge a message when the agent's body ends, however it ends: failed, cancelled or
given up. So acknowledging is switched off, and the agent acknowledges a batch after the guard has committed
it, in the log's order, one batch at a time.
"""

import asyncio
import logging
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import faust

from infra.outbox import EVENTS, INTAKE
from infra.settings import Settings
from streams import metrics
from streams.guard import Guard
from streams.kafka_lag import Behind, Lag
from streams.kafka_messages import headers_of, text_of
from streams.messages import RawMessage
from streams.patience import Stopped
from streams.watchdog import Watchdog

log = logging.getLogger(__name__)

BATCH = 100
WITHIN_SECONDS = 0.02
TICK_SECONDS = 2.0
LOOK_UP_SECONDS = 5.0

Guards = Mapping[str, Sequence[Guard[Any]]]
"""The guards that read a topic, by its short name."""


def run_worker(name: str, settings: Settings, guards: Guards, stop: threading.Event) -> None:
    """Run the guards in the consumer group of `name` until SIGTERM or SIGINT; `stop` is the guards' own.

    Ends the process: with 0 after a signal, with another code after a crash of Faust or by the watchdog.
    """
    # Faust keeps no state without tables, yet wants a folder, and makes only its last part.
    (settings.home / "faust").mkdir(parents=True, exist_ok=True)
    app = build_app(name, settings, _generation(guards))
    watchdog = Watchdog([guard for of_topic in guards.values() for guard in of_topic])
    topics = {EVENTS: settings.events_topic, INTAKE: settings.intake_topic}
    for topic, readers in guards.items():
        for guard in readers:
            _add_agent(app, topic, topics[topic], guard)
    _add_tick(app, name, Lag(settings.kafka, app.conf.id, [topics[short] for short in guards]), watchdog)
    worker = _Worker(app, stop, override_logging=False, quiet=True)
    watchdog.start()
    worker.execute_from_commandline()


def _generation(guards: Guards) -> int:
    """Of the group: it begins anew when one of its guards does. The inboxes know what the others took in."""
    return 1 + sum(guard.generation - 1 for of_topic in guards.values() for guard in of_topic)


def group_of(name: str, settings: Settings, generation: int = 1) -> str:
    """The consumer group of the workers of this name: a new generation reads the log from its beginning."""
    return f"{settings.topic_prefix}-{name}-{generation}"


def build_app(name: str, settings: Settings, generation: int = 1) -> faust.App:
    """The Faust app: raw bytes in, no tables, no web, and a group that notices a dead member in seconds."""
    return faust.App(
        group_of(name, settings, generation),
        broker=f"aiokafka://{settings.kafka}",
        store="memory://",
        datadir=settings.home / "faust" / name,
        key_serializer="raw",
        value_serializer="raw",
        autodiscover=False,
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        # It would wait for a batch that was given up; the next owner finds in the inbox what is done.
        stream_wait_empty=False,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=6,
        broker_heartbeat_interval=2,
        # Less than the watchdog waits: while members join anew, nobody commits.
        broker_rebalance_timeout=30,
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
    async def run(stream: Any) -> None:
        # Before the generator: when it is closed it restores what it found.
        stream.enable_acks = False
        async for events in stream.noack_take(BATCH, within=WITHIN_SECONDS):
            batch = [_raw(topic, event.message) for event in events]
            cancelled = await _finish(guard, batch) if guard.concerns(batch) else False
            for event in events:
                await stream.ack(event)
            if cancelled:
                raise asyncio.CancelledError

    app.agent(app.topic(kafka_topic, internal=False), name=guard.name, concurrency=1)(run)


async def _finish(guard: Guard[Any], batch: Sequence[RawMessage]) -> bool:
    """Run the batch in a thread to its end; True where the agent was cancelled meanwhile.

    A batch that was given up, because the worker stops, is left as it is until Faust cancels the agent.
    """
    running = asyncio.ensure_future(asyncio.to_thread(guard.run, batch))
    cancelled = False
    while not running.done():
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:
            cancelled = True
    try:
        running.result()
    except Stopped:
        log.info("%s stops in the middle of a batch, which comes again.", guard.name)
        if not cancelled:
            await asyncio.get_running_loop().create_future()
        raise asyncio.CancelledError from None
    return cancelled


def _raw(topic: str, message: Any) -> RawMessage:
    return RawMessage(
        topic=topic,
        origin=f"{message.topic}/{message.partition}/{message.offset}",
        key=text_of(message.key),
        headers=headers_of(message.headers),
        value=message.value,
        position=message.offset,
    )


def _add_tick(app: faust.App, name: str, lag: Lag, watchdog: Watchdog) -> None:
    gauge = metrics.LAG.labels(f"faust.{name}")

    async def tick() -> None:
        behind: Behind | None = None
        try:
            # One that could not join its group is assigned nothing: what counts is how the group gets on.
            assigned = app.consumer.assignment()
            behind = await asyncio.wait_for(lag.of(assigned), LOOK_UP_SECONDS)
            gauge.set(behind.waiting if assigned else 0)
        except Exception as error:  # noqa: BLE001 - Faust would crash
            log.warning("Kafka does not say how far %s is behind: %r", name, error)
        watchdog.tick(behind)

    app.timer(interval=TICK_SECONDS, on_leader=False)(tick)
