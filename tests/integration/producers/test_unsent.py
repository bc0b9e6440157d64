"""The relay's view of the outbox: the floor never passes an id that may still appear."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from infra.database import Database
from infra.unsent import OutboxUnavailable, UnsentMessages
from tests.integration.producers.outbox_rows import commit_rows, end_other_connections, insert_row
from tests.waiting import wait_until

MANY_BYTES = 1_000_000


class Ticks:
    """Time that passes by a second with every look, so that every read looks for open writers."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        self._now += 1.0
        return self._now


@pytest.fixture
def unsent(database: Database) -> Iterator[UnsentMessages]:
    messages = UnsentMessages.connect(database, monotonic=Ticks())
    yield messages
    messages.close()


def read_ids(unsent: UnsentMessages, *in_flight: int, most: int = 100) -> list[int]:
    return [row.id for row in unsent.read(in_flight, most, MANY_BYTES)]


def settle(unsent: UnsentMessages, *in_flight: int) -> None:
    """Two looks: one notes the open writers, the next finds them gone."""
    read_ids(unsent, *in_flight)
    read_ids(unsent, *in_flight)


def test_rows_come_as_they_were_written(database: Database, unsent: UnsentMessages) -> None:
    with database.write() as connection:
        insert_row(connection, "k", '{"名":"值"}'.encode(), ce_id="1", ce_subject="数控")
        insert_row(connection, "k", None, topic="intake")
        connection.commit()

    first, second = unsent.read((), 10, MANY_BYTES)

    assert (first.topic, first.key, first.value) == ("events", "k", '{"名":"值"}'.encode())
    assert first.headers == {"ce_id": "1", "ce_subject": "数控"}
    assert (second.topic, second.headers, second.value) == ("intake", {}, None)


def test_what_is_in_flight_or_sent_is_not_read_again(database: Database, unsent: UnsentMessages) -> None:
    commit_rows(database, "abcdef")
    ids = read_ids(unsent)

    unsent.mark_sent(ids[3:5])

    assert read_ids(unsent, ids[0], ids[2]) == [ids[1], ids[5]]
    assert read_ids(unsent, most=2) == ids[:2]


def test_a_read_ends_where_it_has_enough_bytes(database: Database, unsent: UnsentMessages) -> None:
    with database.write() as connection:
        ids = [insert_row(connection, "k", value) for value in (None, b"x" * 10, None, b"x" * 10, b"x")]
        connection.commit()

    assert [row.id for row in unsent.read((), 10, 11)] == ids[:4]
    assert [row.id for row in unsent.read((), 10, 10)] == ids[:2]
    assert [row.id for row in unsent.read(ids[:1], 10, 1)] == ids[1:2], "one row is read whatever its size"


def test_the_floor_follows_what_was_sent(database: Database, unsent: UnsentMessages) -> None:
    commit_rows(database, "abc")
    ids = read_ids(unsent)
    unsent.mark_sent(ids[:1])

    settle(unsent, ids[1])
    assert unsent.floor == ids[0], "below the lowest unsent row, though that is in flight"

    unsent.mark_sent(ids[1:])
    settle(unsent)
    assert unsent.floor == ids[2]


def test_a_lower_id_that_commits_late_is_read(database: Database, unsent: UnsentMessages) -> None:
    with database.write() as late:
        late_id = insert_row(late, "late")
        commit_rows(database, ["early"])
        (early_id,) = read_ids(unsent)
        assert early_id > late_id
        unsent.mark_sent([early_id])
        settle(unsent)
        settle(unsent)
        assert unsent.floor < late_id, "the transaction that drew the id is still open"
        late.commit()

    assert read_ids(unsent) == [late_id]


def test_a_writer_that_has_only_drawn_its_id_holds_the_floor(
    database: Database, unsent: UnsentMessages
) -> None:
    """Such a transaction has no transaction id yet: no snapshot tells of it."""
    insert_and_wait = text(
        "INSERT INTO outbox (id, topic, key, headers, created_at) "
        "SELECT nextval('outbox_id_seq'), 'events', pg_advisory_xact_lock_shared(1)::text, '{}', now() "
        "RETURNING id"
    )
    drawn: list[int] = []

    def write() -> None:
        with database.write() as slow:
            drawn.append(slow.execute(insert_and_wait).scalar_one())
            slow.commit()

    with database.write() as gate:
        gate.execute(text("SELECT pg_advisory_xact_lock(1)"))
        writer = threading.Thread(target=write)
        writer.start()
        waits = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        with database.read() as reader:
            reader = reader.execution_options(isolation_level="AUTOCOMMIT")
            wait_until(lambda: reader.execute(waits).scalar_one(), "a writer that has drawn its id")
        commit_rows(database, ["early"])
        early = read_ids(unsent)
        unsent.mark_sent(early)
        settle(unsent)
        settle(unsent)
        gate.commit()
    writer.join()

    assert drawn[0] < early[0]
    assert read_ids(unsent) == drawn


def test_a_writer_elsewhere_and_an_old_snapshot_do_not_hold_the_floor(
    database: Database, unsent: UnsentMessages
) -> None:
    with database.write() as elsewhere, database.engine.connect() as reader:
        elsewhere.execute(text("INSERT INTO checkpoints (consumer, position) VALUES ('x', 1)"))
        snapshot = reader.execution_options(isolation_level="REPEATABLE READ")
        snapshot.execute(text("SELECT count(*) FROM outbox"))
        commit_rows(database, "abc")
        ids = read_ids(unsent)
        unsent.mark_sent(ids)
        settle(unsent)

        assert unsent.floor == ids[-1]


def test_an_id_that_was_rolled_back_does_not_hold_the_floor(
    database: Database, unsent: UnsentMessages
) -> None:
    with database.write() as connection:
        rolled_back = insert_row(connection, "never")
        connection.rollback()

    settle(unsent)

    assert unsent.floor == rolled_back


def test_nothing_drawn_yet_leaves_the_floor_at_the_bottom(unsent: UnsentMessages) -> None:
    settle(unsent)

    assert unsent.floor == 0


def test_the_lock_is_one_connection_s_until_it_ends(database: Database, unsent: UnsentMessages) -> None:
    other = UnsentMessages.connect(database)

    assert unsent.try_lock()
    assert not other.try_lock()
    unsent.close()
    wait_until(other.try_lock, "the lock of the relay that has gone")

    other.close()


def test_a_lost_connection_is_noticed(database: Database, unsent: UnsentMessages) -> None:
    end_other_connections(database)

    with pytest.raises(OutboxUnavailable):
        unsent.check()


def test_a_database_that_does_not_answer_is_reported() -> None:
    nowhere = Database("postgresql+psycopg://postgres@127.0.0.1:9/none")
    try:
        with pytest.raises(OutboxUnavailable):
            UnsentMessages.connect(nowhere)
    finally:
        nowhere.close()
