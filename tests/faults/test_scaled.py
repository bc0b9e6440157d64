"""The scaled form under fire: relays, workers, Kafka and Elasticsearch are killed while everybody goes on."""

import logging
import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from infra.database import Database
from infra.settings import Settings
from infra.tables.log import dead_letters
from infra.tables.market import challenges
from jiebang.compose import catalogue, core
from tests.broker import messages_of
from tests.faults import truths
from tests.faults.clients import PAUSE, Posters, challenge_body
from tests.faults.intake import SYSTEM, WRONG_BECAUSE, FactorySystem
from tests.faults.processes import Process
from tests.faults.scaled import Site, events_of, site, waiting_of
from tests.waiting import wait_until
from tools.services.elasticsearch import Elasticsearch
from tools.services.kafka import Kafka

log = logging.getLogger(__name__)

TEAMS, PEOPLE = 2, 3
CONVERGED_SECONDS = 180.0
PROCESS_UP_SECONDS = (0.5, 10.0)
SERVICE_UP_SECONDS = (0.5, 6.0)

pytestmark = [
    pytest.mark.usefixtures("refused_sockets"),
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]


@pytest.fixture
def settings(
    migrated_postgres_url: str,
    kafka_service: Kafka,
    elasticsearch_service: Elasticsearch,
    unique_name: Callable[[str], str],
    tmp_path: Path,
) -> Settings:
    """An installation of its own on the services of all tests."""
    return Settings(
        home=tmp_path / "home",
        database_url=SecretStr(migrated_postgres_url),
        kafka=kafka_service.url,
        elasticsearch=elasticsearch_service.url,
        topic_prefix=unique_name("faults"),
        index_prefix=unique_name("faults"),
    )


@pytest.mark.timeout(300)
def test_matching_goes_on_without_elasticsearch(
    settings: Settings, elasticsearch_service: Elasticsearch, tmp_path: Path
) -> None:
    with site(settings, tmp_path) as at, core(settings) as of:
        elasticsearch_service.kill()
        try:
            posted = httpx2.post(
                f"{at.url}/api/v1/challenges",
                json=challenge_body("while nobody can search"),
                headers={"Authorization": f"Bearer {at.token}", "Idempotency-Key": "without-search"},
            )
            assert posted.status_code == httpx2.codes.CREATED
            ids = [posted.json()["id"]]
            wait_until(lambda: truths.every_team_is_told_once(of.database, ids, TEAMS, PEOPLE), "teams told")
        finally:
            elasticsearch_service.start()
        with catalogue(of) as index:
            wait_until(lambda: truths.catalogue_is_current(of.database, index, ids), "the challenge found")


@pytest.mark.timeout(3600)
def test_relays_workers_kafka_and_elasticsearch_are_killed(
    settings: Settings,
    kafka_service: Kafka,
    elasticsearch_service: Elasticsearch,
    tmp_path: Path,
    rounds: int,
) -> None:
    seed = random.SystemRandom().randrange(2**32)
    log.warning("seed %d, %d rounds", seed, rounds)
    with site(settings, tmp_path) as at:
        posters = Posters([at.url], at.token, threads=2, pause=0.2)
        factory = FactorySystem(settings, at.factory, random.Random(seed))
        victims: list[Process | Kafka | Elasticsearch] = [
            *at.relays,
            *at.workers,
            kafka_service,
            elasticsearch_service,
        ]
        with posters, factory, ThreadPoolExecutor(len(victims)) as pool:
            struck = [
                pool.submit(_strike, victim, random.Random(seed + number), rounds)
                for number, victim in enumerate(victims, 1)
            ]
            for each in struck:
                each.result()
        _hold_all_truths(at, posters, factory)


def _strike(victim: Process | Kafka | Elasticsearch, chance: random.Random, rounds: int) -> None:
    """Kill it again and again, each time after it was up for a while; it comes back on the same data."""
    for _ in range(rounds):
        if isinstance(victim, Process):
            PAUSE.wait(chance.uniform(*PROCESS_UP_SECONDS))
            victim.kill()
        else:
            PAUSE.wait(chance.uniform(*SERVICE_UP_SECONDS))
            victim.kill()
            victim.start()


def _hold_all_truths(at: Site, posters: Posters, factory: FactorySystem) -> None:
    acknowledged = set(posters.acknowledged.ids.values())
    intake = messages_of(at.settings.kafka, at.settings.intake_topic)
    broken = {
        f"{message.topic}/{message.partition}/{message.offset}": dict(message.headers)[WRONG_BECAUSE].decode()
        for message in intake
        if WRONG_BECAUSE in dict(message.headers)
    }
    log.warning("%d posted, %d sent, %d broken", len(acknowledged), len(factory.sent), len(broken))
    assert acknowledged
    assert factory.sent
    assert broken
    with core(at.settings) as of, catalogue(of) as index:
        truths.every_acknowledged_challenge_is_there_once(of.database, acknowledged)
        converged: Mapping[str, Callable[[], bool]] = {
            "no message waits": partial(_no_message_waits, at.settings),
            "each team told once": lambda: truths.every_team_is_told_once(
                of.database, acknowledged, TEAMS, PEOPLE
            ),
            "each challenge in the catalogue, with its newest version": lambda: truths.catalogue_is_current(
                of.database, index, acknowledged
            ),
        }
        for what, holds in converged.items():
            wait_until(holds, what, CONVERGED_SECONDS)
        assert sorted(_drafts(of.database)) == sorted(factory.sent)
        assert _letters(of.database) == broken
        in_outbox = truths.records_of_outbox(of.database)
        truths.the_log_is_whole_and_in_order(in_outbox)
        in_log = events_of(at.settings)
        truths.the_log_is_whole_and_in_order(in_log, repeats=True)
        assert {record.id for record in in_log} == {record.id for record in in_outbox}


def _no_message_waits(settings: Settings) -> bool:
    waiting = waiting_of(settings)
    log.warning("waiting: %s", waiting)
    return not waiting


def _drafts(database: Database) -> list[str]:
    """The source ids of what the factory's system sent, as often as they were drafted."""
    with database.read() as connection:
        found = select(challenges.c.source_id).where(challenges.c.source_system == SYSTEM)
        return [str(source_id) for source_id in connection.execute(found).scalars()]


def _letters(database: Database) -> dict[str, str]:
    """The reasons of the dead letters by origin, which is their key."""
    with database.read() as connection:
        found = connection.execute(select(dead_letters.c.origin, dead_letters.c.reason))
        return {row.origin: row.reason for row in found}
