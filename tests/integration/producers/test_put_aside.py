"""What real Kafka never takes becomes a dead letter, and holds up nothing."""

from collections.abc import Sequence

import pytest
from sqlalchemy import update

from domain.intake import FACTORY_HEADER, MOST_BYTES, REQUEST_HEADER
from infra.database import Database
from infra.dead_letters import KeptLetter, list_letters, requeue_letter
from infra.settings import Settings
from infra.system import SystemClock, Uuid7Ids
from infra.tables.log import dead_letters
from infra.unit_of_work import Store
from infra.unsent import RELAY, UnsentMessages
from producers.kafka_publisher import kafka_relay
from producers.topics import ensure_topics, most_message_bytes
from tests.integration.producers.outbox_rows import insert_row, unsent, values_by_key
from tests.integration.producers.relaying import running
from tests.waiting import wait_until

FROM_THE_API = {REQUEST_HEADER: "r-1", FACTORY_HEADER: "f-1"}
RAISED = 4 * 1024 * 1024


def kept(database: Database, *, requeued: bool = False) -> Sequence[KeptLetter]:
    with database.read() as connection:
        return list_letters(connection, requeued=requeued)


def relay_all(database: Database, settings: Settings) -> None:
    with running(kafka_relay(database, settings)):
        wait_until(lambda: unsent(database) == 0, "nothing left to send")


def commit_around(database: Database, value: bytes, topic: str, **headers: str) -> None:
    """A message that is too large between numbered ones with the same key, and with another."""
    with database.write() as connection:
        for number in range(5):
            insert_row(connection, "f-1" if number % 2 else "other", b"%d" % number, topic=topic)
        insert_row(connection, "f-1", value, topic=topic, **headers)
        for number in range(5, 10):
            insert_row(connection, "f-1" if number % 2 else "other", b"%d" % number, topic=topic)
        connection.commit()


IN_ORDER = {"f-1": [1, 3, 5, 7, 9], "other": [0, 2, 4, 6, 8]}


def test_a_message_above_the_producer_s_limit_is_a_letter_of_its_factory(
    settings: Settings, database: Database
) -> None:
    value = b"x" * most_message_bytes(settings)
    commit_around(database, value, "intake", **FROM_THE_API)

    relay_all(database, settings)

    assert values_by_key(settings.kafka, settings.intake_topic) == IN_ORDER
    (letter,) = kept(database)
    assert (letter.consumer, letter.origin, letter.factory_id) == ("intake", "request/r-1", "f-1")
    assert letter.reason == "oversized"
    assert letter.details == {"(message)": f"has {len(value)} bytes; at most {MOST_BYTES} are read"}
    assert (letter.value, letter.headers) == (value, FROM_THE_API)


def test_a_message_above_the_topic_s_limit_is_a_letter_and_the_others_keep_their_order(
    settings: Settings, database: Database
) -> None:
    """The topics were made before the limit of a body was raised."""
    ensure_topics(settings)
    raised = settings.model_copy(update={"most_body_bytes": RAISED})
    commit_around(database, b"x" * (RAISED // 2), "events", ce_id="e-1")

    relay_all(database, raised)

    found = values_by_key(settings.kafka, settings.events_topic)
    assert {key: list(dict.fromkeys(values)) for key, values in found.items()} == IN_ORDER
    (letter,) = kept(database)
    assert (letter.consumer, letter.reason, letter.factory_id) == (RELAY, "oversized", None)
    assert letter.origin.startswith("outbox/")
    assert letter.headers == {"ce_id": "e-1"}


def test_a_requeued_letter_that_grew_above_the_limit_is_a_letter_again(
    settings: Settings, database: Database
) -> None:
    """It came straight from Kafka, just within the limit; the request that requeuing adds is too much."""
    ensure_topics(settings)
    limit = most_message_bytes(settings)
    with database.write() as connection:
        insert_row(connection, "f-1", b"x" * (limit + 1), topic="intake", **FROM_THE_API)
        connection.commit()
    relay_all(database, settings)
    (letter,) = kept(database)
    with database.write() as connection:
        connection.execute(update(dead_letters).values(value=b"x" * (limit - 80), headers={}))
        connection.commit()
    with Store(database, SystemClock(), Uuid7Ids()).begin() as work:
        requeue_letter(work, letter.id)
        work.commit()

    relay_all(database, settings)

    (again,) = kept(database)
    assert (again.origin, again.factory_id) == (f"request/requeued-{letter.id}", "f-1")
    assert again.reason == "oversized"


@pytest.mark.parametrize("times", [1, 2])
def test_a_row_is_put_aside_once(database: Database, times: int) -> None:
    with database.write() as connection:
        insert_row(connection, "f-1", b"{}", topic="intake")
        connection.commit()
    messages = UnsentMessages.connect(database)
    try:
        (row,) = messages.read((), 10, 1_000)
        for _ in range(times):
            messages.put_aside(row, "oversized", {"(message)": "why"})
        assert messages.read((), 10, 1_000) == []
    finally:
        messages.close()
    (letter,) = kept(database)
    assert (letter.origin, letter.factory_id) == (f"outbox/{row.id}", "f-1")
