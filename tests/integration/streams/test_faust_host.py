"""The Faust host on real Kafka and PostgreSQL: killed, stopped, given poison, nothing is lost or doubled."""

import asyncio
import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from domain.events import EventRecord
from domain.matching.taxonomy import Taxonomy
from infra.database import Database
from infra.settings import Settings
from infra.system import SystemClock, Uuid7Ids
from infra.tables.log import dead_letters, outbox
from infra.tables.market import challenges
from infra.unit_of_work import Store
from streams.faust_host import group_of
from streams.kafka_lag import Lag
from tests.integration.streams.kafka_log import Log, renamed, settings
from tests.integration.streams.worker_process import EFFECTS
from tests.market import build_market
from tests.waiting import wait_until

__all__ = ["settings"]

EVENTS_SENT = 3_000
TYPE = ("ce_type", b"jiebang.intake.challenge.v1")


@pytest.fixture
def database(migrated_postgres_url: str) -> Iterator[Database]:
    database = Database(migrated_postgres_url)
    yield database
    database.close()


@pytest.fixture
def scaled(settings: Settings, migrated_postgres_url: str, tmp_path: Path) -> Settings:
    """The settings with a database behind them."""
    return settings.model_copy(update={"database_url": SecretStr(migrated_postgres_url), "home": tmp_path})


@pytest.fixture
def log(scaled: Settings) -> Iterator[Log]:
    with Log(scaled) as log:
        yield log


def start_worker(settings: Settings) -> subprocess.Popen[bytes]:
    environment = {
        "JIEBANG_DATABASE_URL": settings.store_url,
        "JIEBANG_KAFKA": str(settings.kafka),
        "JIEBANG_ELASTICSEARCH": "http://not-used:9200",
        "JIEBANG_TOPIC_PREFIX": settings.topic_prefix,
        "JIEBANG_HOME": str(settings.home),
    }
    command = [sys.executable, "-m", "tests.integration.streams.worker_process"]
    with (settings.home / "worker.log").open("ab") as output:
        return subprocess.Popen(command, env=environment, stdout=output, stderr=output)


@contextmanager
def worker(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that is killed at the end, if it still runs."""
    process = start_worker(settings)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def effects(database: Database) -> Counter[str]:
    """How often each processor had its effect for each event."""
    with database.read() as connection:
        query = select(outbox.c.key).where(outbox.c.topic == EFFECTS)
        return Counter(connection.execute(query).scalars())


def count_effects(database: Database) -> int:
    with database.read() as connection:
        query = select(func.count()).select_from(outbox).where(outbox.c.topic == EFFECTS)
        return int(connection.execute(query).scalar_one())


def at_least(database: Database, number: int) -> bool:
    return count_effects(database) >= number


def once_each(records: list[EventRecord]) -> Counter[str]:
    return Counter(f"{name}/{record.id}" for name in ("tally", "second-tally") for record in records)


def lag(settings: Settings) -> int:
    async def ask() -> int:
        lag = Lag(settings.kafka, group_of("core", settings), [settings.events_topic, settings.intake_topic])
        try:
            return (await lag.of()).waiting
        finally:
            await lag.close()

    return asyncio.run(ask())


def many() -> list[EventRecord]:
    return [renamed(f"subject-{number % 50}", number // 50) for number in range(EVENTS_SENT)]


def test_kills_lose_and_double_nothing(scaled: Settings, database: Database, log: Log) -> None:
    records = many()
    log.append(records)
    assert lag(scaled) == EVENTS_SENT

    for reached in (1, 1_500, 3_500):
        with worker(scaled):
            wait_until(partial(at_least, database, reached), f"{reached} effects")
    with worker(scaled):
        wait_until(partial(at_least, database, 2 * EVENTS_SENT), "all effects")
        wait_until(lambda: lag(scaled) == 0, "everything committed")

    assert effects(database) == once_each(records)


def test_a_stop_is_clean_and_the_next_worker_goes_on(scaled: Settings, database: Database, log: Log) -> None:
    records = many()
    log.append(records)

    with worker(scaled) as process:
        wait_until(partial(at_least, database, 500), "a worker in the middle of it")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    with worker(scaled) as process:
        wait_until(partial(at_least, database, 2 * EVENTS_SENT), "all effects")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0

    assert effects(database) == once_each(records)
    assert lag(scaled) == 0, "the last offsets are committed at the stop"


def test_a_second_worker_takes_its_part(scaled: Settings, database: Database, log: Log) -> None:
    records = many()
    log.append(records[:1_000])
    with worker(scaled), worker(scaled):
        wait_until(partial(at_least, database, 100), "a worker at work")
        log.append(records[1_000:])
        wait_until(partial(at_least, database, 2 * EVENTS_SENT), "all effects")
        wait_until(lambda: lag(scaled) == 0, "everything committed")

    assert effects(database) == once_each(records)


def test_poison_becomes_dead_letters_and_nothing_else(scaled: Settings, database: Database, log: Log) -> None:
    market = build_market(Store(database, SystemClock(), Uuid7Ids()), Taxonomy.load())
    closes_at = (datetime.now(UTC) + timedelta(days=14)).isoformat()
    post = {
        "factory_id": market.factory,
        "title": "换模时间太长",
        "text": "每次换模 90 分钟。",
        "industry": "moulding",
        "skills": [{"skill": "plc-programming", "level": 2}],
        "bids_close_at": closes_at,
    }
    poison: list[tuple[bytes | None, list[tuple[str, bytes]]]] = [
        (None, [TYPE]),
        (b"not json", [TYPE]),
        (b"\xff\xfe\x00", [TYPE]),
        (b"[" * 50_000, [TYPE]),
        (b'{"title": 1}', [TYPE]),
        (b"x" * 600_000, [TYPE]),
        (json.dumps(post).encode(), [("ce_type", b"jiebang.intake.challenge.v99")]),
        (json.dumps(post).encode(), [("ce_type", b"\xff\xfe")]),
        (json.dumps(post).encode(), []),
        (json.dumps(post | {"source": {"system": "t", "id": "x"}, "factory_id": "nobody"}).encode(), [TYPE]),
    ]
    for number, (value, headers) in enumerate(poison):
        log.append_raw(scaled.intake_topic, value, b"\xff%d" % number, headers)
        good = post | {"source": {"system": "test", "id": str(number)}}
        log.append_raw(scaled.intake_topic, json.dumps(good).encode(), b"k", [TYPE])

    with worker(scaled):
        wait_until(lambda: lag(scaled) == 0, "everything committed")

    with database.read() as connection:
        letters = list(connection.execute(select(dead_letters.c.origin, dead_letters.c.reason)))
        drafts = connection.execute(select(func.count()).select_from(challenges)).scalar_one()
    assert drafts == len(poison), "every good message became a draft"
    assert len(letters) == len(poison)
    assert len({origin for origin, _ in letters}) == len(poison)
    assert all(origin.startswith(f"{scaled.intake_topic}/") and reason for origin, reason in letters)
