"""The relay beside kafka-python's idempotent producer alone: same bytes, a long history in the outbox."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event

from kafka import KafkaProducer
from sqlalchemy import insert, text

from benchmarks.report import Figure
from benchmarks.services import scaled
from domain.events import ChallengeOpened, EventRecord
from infra.database import Database
from infra.outbox import Message, encode
from infra.schema import migrate
from infra.settings import Settings
from infra.system import Uuid7Ids
from infra.tables.log import outbox
from producers.kafka_publisher import kafka_relay, producer_options

HISTORY = 1_000_000
MESSAGES = 100_000
ROUNDS = 4
REACH = 0.8
SPAWN = get_context("spawn")


def run() -> list[Figure]:
    """Send the same messages through the relay and through the producer, in turn; the best round of each."""
    with scaled(elasticsearch=False) as settings:
        relayed, alone = _measure(settings)
    what = f"relay, {HISTORY:,} sent rows in the outbox, another snapshot held open"
    ratio = relayed / alone
    return [
        Figure(
            what,
            relayed,
            "msg/s",
            peer="kafka-python's idempotent producer alone",
            peer_value=alone,
            reach=f"≥ {REACH}×",
            reached=ratio >= REACH,
        )
    ]


def _measure(settings: Settings) -> tuple[float, float]:
    messages = _messages(MESSAGES)
    database = Database(settings.store_url)
    relayed, alone = [], []
    try:
        migrate(database)
        with _history_under_a_snapshot(database), _relay(settings):
            for _ in range(ROUNDS):
                alone.append(_producer_rate(settings, messages))
                relayed.append(_relay_rate(database, messages))
    finally:
        database.close()
    return max(relayed), max(alone)


def _messages(count: int) -> list[Message]:
    ids = Uuid7Ids()
    found = []
    for sequence in range(count):
        id, subject = ids.new(), ids.new()
        event = ChallengeOpened(factory_id=ids.new())
        found.append(encode(EventRecord(id, event, subject, sequence, subject, datetime.now(UTC), id)))
    return found


@contextmanager
def _history_under_a_snapshot(database: Database) -> Iterator[None]:
    """Rows that were sent after a snapshot began that is still open: no index entry of theirs can go."""
    (sample,) = _messages(1)
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO outbox (topic, key, headers, value, created_at) "
                "SELECT 'events', :key, CAST(:headers AS jsonb), :value, now() FROM generate_series(1, :n)"
            ),
            {
                "key": sample.key,
                "headers": json.dumps(dict(sample.headers)),
                "value": sample.value,
                "n": HISTORY,
            },
        )
        connection.commit()
    with database.engine.connect() as reader:
        reader = reader.execution_options(isolation_level="REPEATABLE READ")
        reader.execute(text("SELECT count(*) FROM inbox"))
        with database.write() as connection:
            connection.execute(text("UPDATE outbox SET sent_at = now()"))
            connection.commit()
        yield


@contextmanager
def _relay(settings: Settings) -> Iterator[None]:
    stop = SPAWN.Event()
    process: BaseProcess = SPAWN.Process(target=_run_relay, args=(settings, stop))
    process.start()
    try:
        yield
    finally:
        stop.set()
        process.join()


def _run_relay(settings: Settings, stop: Event) -> None:
    database = Database(settings.store_url)
    kafka_relay(database, settings).run(stop)
    database.close()


def _relay_rate(database: Database, messages: list[Message]) -> float:
    created_at = datetime.now(UTC)
    rows = [
        {
            "topic": m.topic,
            "key": m.key,
            "headers": dict(m.headers),
            "value": m.value,
            "created_at": created_at,
        }
        for m in messages
    ]
    with database.write() as connection:
        connection.execute(insert(outbox), rows)
        connection.commit()
        started = time.perf_counter()
    with database.engine.connect() as reader:
        reader = reader.execution_options(isolation_level="AUTOCOMMIT")
        last = reader.execute(text("SELECT max(id) FROM outbox")).scalar_one()
        # By the last row first: looking for unsent ones would burden the server that is being measured.
        last_is_sent = text("SELECT sent_at IS NOT NULL FROM outbox WHERE id = :last")
        none_is_left = text("SELECT NOT EXISTS (SELECT FROM outbox WHERE sent_at IS NULL)")
        for done in (last_is_sent, none_is_left):
            while not reader.execute(done, {"last": last} if done is last_is_sent else {}).scalar_one():
                time.sleep(0.02)
    return len(messages) / (time.perf_counter() - started)


def _producer_rate(settings: Settings, messages: list[Message]) -> float:
    """Measured in a process of its own, as the relay is."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=_run_producer, args=(settings, messages, theirs))
    process.start()
    rate: float = ours.recv()
    process.join()
    return rate


def _run_producer(settings: Settings, messages: list[Message], result: Pipe) -> None:
    producer = KafkaProducer(**producer_options(settings))
    records = [
        (m.key.encode(), m.value, [(name, value.encode()) for name, value in m.headers.items()])
        for m in messages
    ]
    producer.partitions_for(settings.events_topic)
    started = time.perf_counter()
    for key, value, headers in records:
        producer.send(settings.events_topic, key=key, value=value, headers=headers)
    producer.flush()
    result.send(len(records) / (time.perf_counter() - started))
    producer.close()
