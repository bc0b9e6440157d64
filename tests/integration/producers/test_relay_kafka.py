"""The relay between real PostgreSQL and real Kafka."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from functools import partial

import pytest
from kafka import KafkaAdminClient

from infra.database import Database
from infra.settings import Settings
from infra.unsent import UnsentMessages, UnsentRow
from producers import kafka_publisher
from producers.kafka_publisher import KafkaPublisher, kafka_relay, producer_options
from producers.relay import Outbox, Pace, PublisherFailed, Relay
from producers.topics import ensure_topics
from tests.broker import frozen, messages_of
from tests.integration.producers.outbox_rows import (
    commit_rows,
    end_other_connections,
    insert_row,
    unsent,
    values_by_key,
)
from tests.integration.producers.relaying import running
from tests.waiting import wait_until
from tools.services.kafka import Kafka

KEYS = ("a", "b", "c", "d", "e")
RELAY_PROCESS = """
import threading
import time
from infra.database import Database
from infra.settings import Settings
from producers.kafka_publisher import kafka_relay
settings = Settings()
kafka_relay(Database(settings.store_url), settings).run(threading.Event())
"""


def first_times(values: list[int]) -> list[int]:
    """The values in the order in which each came first."""
    return list(dict.fromkeys(values))


def test_rows_arrive_as_they_were_written(settings: Settings, database: Database) -> None:
    with database.write() as connection:
        insert_row(connection, "难题-1", '{"名":"值"}'.encode(), ce_id="1", ce_subject="数控")
        insert_row(connection, "k", None, topic="intake")
        connection.commit()

    with running(kafka_relay(database, settings)):
        wait_until(lambda: unsent(database) == 0, "all rows sent")

    (event,) = messages_of(settings.kafka, settings.events_topic)
    (intake,) = messages_of(settings.kafka, settings.intake_topic)
    assert (event.key.decode(), event.value.decode()) == ("难题-1", '{"名":"值"}')
    assert dict(event.headers) == {"ce_id": b"1", "ce_subject": "数控".encode()}
    assert (intake.key, intake.value) == (b"k", None)


def test_topics_are_made_once_with_the_installation_s_partitions(settings: Settings) -> None:
    ensure_topics(settings)
    ensure_topics(settings.model_copy(update={"partitions": 5}))

    admin = KafkaAdminClient(bootstrap_servers=settings.kafka)
    try:
        topics = admin.describe_topics([settings.events_topic, settings.intake_topic])
    finally:
        admin.close()
    assert [len(topic["partitions"]) for topic in topics] == [3, 3]


def test_a_failed_message_is_not_overtaken(
    settings: Settings, kafka_service: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first message is in a frozen broker's socket and the second waits for it when they expire; the
    broker answers again before the third one would.
    """
    monkeypatch.setattr(
        kafka_publisher,
        "producer_options",
        lambda settings: (
            producer_options(settings) | {"request_timeout_ms": 900, "delivery_timeout_ms": 2_000}
        ),
    )
    publisher = KafkaPublisher(settings)
    first, second, third = (UnsentRow(number, "events", "a", {}, b"%d" % number) for number in (1, 2, 3))
    wait_until(
        publisher.send(UnsentRow(0, "events", "a", {}, b"0")).succeeded, "a first message acknowledged"
    )

    with frozen(kafka_service):
        for message, until_the_next in ((first, 0.1), (second, 1.2), (third, 0.0)):
            publisher.send(message)
            threading.Event().wait(until_the_next)
        with pytest.raises(PublisherFailed):
            wait_until(publisher.check, "the first message to expire")
    began = time.monotonic()
    publisher.close()

    assert time.monotonic() - began < 10, "what will not be sent is not waited for"
    assert values_by_key(settings.kafka, settings.events_topic)["a"] in ([0], [0, 1])


@pytest.mark.usefixtures("refused_sockets")
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_an_unreachable_broker_is_reported(settings: Settings) -> None:
    with pytest.raises(PublisherFailed, match=r"127\.0\.0\.1:9"):
        KafkaPublisher(settings.model_copy(update={"kafka": "127.0.0.1:9"}))


def test_two_relays_send_every_message_once(settings: Settings, database: Database) -> None:
    commit_rows(database, KEYS * 400)

    with running(*(kafka_relay(database, settings) for _ in range(2))):
        wait_until(lambda: unsent(database) == 0, "all rows sent")

    found = values_by_key(settings.kafka, settings.events_topic)
    assert found == {key: list(range(number, 2_000, 5)) for number, key in enumerate(KEYS)}


def test_a_lost_database_connection_loses_and_reorders_nothing(
    settings: Settings, database: Database
) -> None:
    with running(*(kafka_relay(database, settings) for _ in range(2))):
        for round_ in range(10):
            commit_rows(database, KEYS * 40, first=round_ * 200)
            end_other_connections(database)
        wait_until(lambda: unsent(database) == 0, "all rows sent")

    found = values_by_key(settings.kafka, settings.events_topic)
    assert {key: first_times(values) for key, values in found.items()} == {
        key: list(range(number, 2_000, 5)) for number, key in enumerate(KEYS)
    }


def test_a_broker_that_falls_silent_is_connected_to_anew(
    settings: Settings, database: Database, kafka_service: Kafka, caplog: pytest.LogCaptureFixture
) -> None:
    relay = Relay(
        lambda: UnsentMessages.connect(database), lambda: KafkaPublisher(settings), Pace(most_silence=1.0)
    )
    with running(relay):
        commit_rows(database, KEYS * 4)
        wait_until(lambda: unsent(database) == 0, "the relay at work")
        with frozen(kafka_service):
            commit_rows(database, KEYS * 4, first=20)
            wait_until(lambda: "acknowledged nothing" in caplog.text, "the silence noticed")
        wait_until(lambda: unsent(database) == 0, "all rows sent")

    found = values_by_key(settings.kafka, settings.events_topic)
    assert {key: first_times(values) for key, values in found.items()} == {
        key: list(range(number, 40, 5)) for number, key in enumerate(KEYS)
    }


@pytest.mark.usefixtures("refused_sockets")
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_broker_that_is_killed_loses_and_reorders_nothing(
    settings: Settings, database: Database, kafka_service: Kafka
) -> None:
    with running(kafka_relay(database, settings)):
        commit_rows(database, KEYS * 40)
        wait_until(lambda: unsent(database) < 200, "the relay at work")
        kafka_service.kill()
        try:
            commit_rows(database, KEYS * 40, first=200)
        finally:
            kafka_service.start()
        wait_until(lambda: unsent(database) == 0, "all rows sent")

    found = values_by_key(settings.kafka, settings.events_topic)
    assert {key: first_times(values) for key, values in found.items()} == {
        key: list(range(number, 400, 5)) for number, key in enumerate(KEYS)
    }


def test_a_relay_that_is_killed_loses_and_reorders_nothing(settings: Settings, database: Database) -> None:
    commit_rows(database, KEYS * 1_200)
    environment = {
        "JIEBANG_DATABASE_URL": settings.store_url,
        "JIEBANG_KAFKA": str(settings.kafka),
        "JIEBANG_ELASTICSEARCH": "http://not-used:9200",
        "JIEBANG_TOPIC_PREFIX": settings.topic_prefix,
    }

    def enough_sent(left: int) -> bool:
        return unsent(database) <= left

    for left in (5_900, 3_000, 0):
        relay = subprocess.Popen([sys.executable, "-c", RELAY_PROCESS], env=environment)
        wait_until(partial(enough_sent, left), f"{left} rows left")
        relay.send_signal(signal.SIGKILL)
        relay.wait()

    found = values_by_key(settings.kafka, settings.events_topic)
    assert {key: first_times(values) for key, values in found.items()} == {
        key: list(range(number, 6_000, 5)) for number, key in enumerate(KEYS)
    }


def test_it_stops_cleanly_with_nothing_in_flight(settings: Settings, database: Database) -> None:
    commit_rows(database, KEYS * 2_000)
    read = threading.Event()

    class Noting(UnsentMessages):
        def mark_sent(self, ids: Sequence[int]) -> None:
            super().mark_sent(ids)
            read.set()

    def open_outbox() -> Outbox:
        return Noting.connect(database)

    with running(Relay(open_outbox, lambda: KafkaPublisher(settings))):
        assert read.wait(30)

    sent = sum(map(len, values_by_key(settings.kafka, settings.events_topic).values()))
    assert sent == 10_000 - unsent(database)
