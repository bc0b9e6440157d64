"""What is cleared away, and when."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select

from infra import checkpoints
from infra.database import Database
from infra.file_rows import MILESTONE, FileInfo, add_file, file_by_id
from infra.file_sweeper import UNDER_WAY, FileSweeper
from infra.files import FileStore
from infra.outbox import EVENTS, Message
from infra.repositories.log import StoredResponse
from infra.settings import Settings
from infra.tables.access import sessions
from infra.tables.log import deliveries, idempotency_keys, inbox, outbox
from infra.unit_of_work import Store
from streams.housekeeping import Housekeeping
from tests.fakes.clock import FakeClock
from tests.fakes.stop import FakeStop
from tests.market import Market

SCALED = Settings.model_validate(
    {"database_url": "postgresql+psycopg://unused", "kafka": "unused", "elasticsearch": "http://unused:9200"}
)
BOTH_FORMS = pytest.mark.parametrize("settings", [Settings(), SCALED], ids=["embedded", "scaled"])
CONTENT = b"torque 12 Nm"
KeepHouse = Callable[..., int]


@pytest.fixture
def keep_house(store: Store, sweeper: FileSweeper) -> KeepHouse:
    """One round, under some settings, for some consumers."""

    def keep(settings: Settings, *consumers: str) -> int:
        return Housekeeping(store, settings, sweeper, consumers).run(FakeStop())

    return keep


def write_log(store: Store, messages: int, claims: int = 0) -> None:
    with store.begin() as work:
        for number in range(messages):
            work.outbox.append_message(Message(EVENTS, "k", {}, b"%d" % number))
        work.inbox.claim("matcher", 1, [f"{work.now()}-{number}" for number in range(claims)])
        work.commit()


def count(database: Database, table: object) -> int:
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


@BOTH_FORMS
def test_settled_deliveries_are_forgotten_after_a_while(
    store: Store, database: Database, clock: FakeClock, keep_house: KeepHouse, settings: Settings
) -> None:
    owed = {"channel": "mail", "address": "somebody", "payload": {}, "attempts": 1}
    rows = [
        {"id": "settled", "created_at": clock.now(), "next_attempt_at": None},
        {"id": "waiting", "created_at": clock.now(), "next_attempt_at": clock.now()},
        {"id": "recent", "created_at": clock.now() + timedelta(days=8), "next_attempt_at": None},
    ]
    with database.write() as connection:
        connection.execute(insert(deliveries), [owed | row for row in rows])
        connection.commit()
    clock.advance(timedelta(days=settings.inbox_retention_days, hours=1))
    assert keep_house(settings) == 1
    with database.read() as connection:
        assert set(connection.execute(select(deliveries.c.id)).scalars()) == {"waiting", "recent"}


def test_the_embedded_log_is_kept_until_every_consumer_is_past_it(
    store: Store, database: Database, clock: FakeClock, keep_house: KeepHouse
) -> None:
    write_log(store, 10, claims=3)
    clock.advance(timedelta(hours=2))
    write_log(store, 5, claims=2)
    clock.advance(timedelta(hours=2))
    with store.begin() as work:
        checkpoints.move(work.connection, "fast@1", 15)
        checkpoints.move(work.connection, "slow@1", 4)
        work.commit()
    keep_house(Settings(), "fast@1", "slow@1")
    assert (count(database, outbox), count(database, inbox)) == (11, 5)
    with store.begin() as work:
        checkpoints.move(work.connection, "slow@1", 12)
        work.commit()
    keep_house(Settings(), "fast@1", "slow@1")
    assert (count(database, outbox), count(database, inbox)) == (3, 3 + 2 - 3)
    with store.begin() as work:
        checkpoints.move(work.connection, "slow@1", 15)
        work.commit()
    keep_house(Settings(), "fast@1", "slow@1")
    assert (count(database, outbox), count(database, inbox)) == (0, 0)


def test_a_consumer_that_never_began_keeps_all_of_the_log(
    store: Store, database: Database, clock: FakeClock, keep_house: KeepHouse
) -> None:
    write_log(store, 3, claims=3)
    clock.advance(timedelta(days=30))
    keep_house(Settings(), "new@1")
    assert (count(database, outbox), count(database, inbox)) == (3, 3)


def test_the_last_hour_of_the_embedded_log_stays(
    store: Store, database: Database, clock: FakeClock, keep_house: KeepHouse
) -> None:
    write_log(store, 3, claims=3)
    with store.begin() as work:
        checkpoints.move(work.connection, "fast@1", 3)
        work.commit()
    clock.advance(timedelta(minutes=59))
    keep_house(Settings(), "fast@1")
    assert (count(database, outbox), count(database, inbox)) == (3, 3)


def test_the_scaled_log_is_purged_a_week_after_it_was_sent_and_never_unsent(
    store: Store, database: Database, clock: FakeClock, keep_house: KeepHouse
) -> None:
    write_log(store, 1_200)
    with database.write() as connection:
        connection.execute(outbox.update().where(outbox.c.id != 1_100).values(sent_at=clock.now()))
        connection.commit()
    clock.advance(timedelta(days=7))
    assert keep_house(SCALED) == 0
    clock.advance(timedelta(seconds=1))
    keep_house(SCALED)
    with database.read() as connection:
        assert connection.execute(select(func.min(outbox.c.id))).scalar_one() == 1_100


@BOTH_FORMS
def test_no_transaction_removes_more_than_a_hundred_rows(
    settings: Settings, store: Store, database: Database, clock: FakeClock, keep_house: KeepHouse
) -> None:
    """Others write between them."""
    write_log(store, 250, claims=250)
    with store.begin() as work:
        work.connection.execute(outbox.update().values(sent_at=work.now()))
        checkpoints.move(work.connection, "fast@1", 250)
        work.commit()
    clock.advance(timedelta(days=30))
    removed: list[int] = []

    def note(*arguments: Any) -> None:
        cursor, statement = arguments[1], arguments[2]
        if statement.startswith("DELETE"):
            removed.append(cursor.rowcount)

    event.listen(database.engine, "after_cursor_execute", note)
    try:
        keep_house(settings, "fast@1")
    finally:
        event.remove(database.engine, "after_cursor_execute", note)
    assert (count(database, outbox), count(database, inbox)) == (0, 0)
    assert max(removed) == 100
    assert sorted(removed, reverse=True)[:6] == [100, 100, 100, 100, 50, 50]


def test_the_scaled_inbox_outlives_the_topics_retention(
    store: Store, database: Database, clock: FakeClock, keep_house: KeepHouse
) -> None:
    write_log(store, 0, claims=5)
    clock.advance(timedelta(days=8))
    keep_house(SCALED)
    assert count(database, inbox) == 5
    clock.advance(timedelta(seconds=1))
    keep_house(SCALED)
    assert count(database, inbox) == 0


@BOTH_FORMS
def test_requests_and_sessions_are_forgotten_in_time(
    settings: Settings,
    store: Store,
    database: Database,
    clock: FakeClock,
    market: Market,
    keep_house: KeepHouse,
) -> None:
    with store.begin() as work:
        work.idempotency.store("p1", "k1", StoredResponse("h", 201, {}, b""))
        work.connection.execute(
            insert(sessions).values(
                token_hash="t",
                person_id=market.engineer.person_id,
                created_at=work.now(),
                expires_at=work.now() + timedelta(hours=30),
            )
        )
        work.commit()
    clock.advance(timedelta(hours=24))
    keep_house(settings)
    assert (count(database, idempotency_keys), count(database, sessions)) == (1, 1)
    clock.advance(timedelta(seconds=1))
    keep_house(settings)
    assert (count(database, idempotency_keys), count(database, sessions)) == (0, 1)
    clock.advance(timedelta(hours=6))
    keep_house(settings)
    assert count(database, sessions) == 0


@BOTH_FORMS
def test_a_file_that_a_crash_left_without_its_place_gets_it(
    settings: Settings,
    store: Store,
    clock: FakeClock,
    market: Market,
    files: FileStore,
    keep_house: KeepHouse,
) -> None:
    id = upload(store, files, market)
    clock.advance(UNDER_WAY + timedelta(seconds=1))
    keep_house(settings)
    with store.begin() as work:
        assert file_by_id(work.connection, id).promoted_at == clock.now()
    assert b"".join(files.read(id)) == CONTENT


def test_a_stop_leaves_files_for_the_next_round(
    store: Store, clock: FakeClock, market: Market, files: FileStore, sweeper: FileSweeper
) -> None:
    id = upload(store, files, market)
    clock.advance(UNDER_WAY + timedelta(seconds=1))
    stop = FakeStop()
    stop.set()
    Housekeeping(store, SCALED, sweeper).run(stop)
    assert not files.has(id)


def upload(store: Store, files: FileStore, market: Market) -> str:
    """A file as a crash leaves it between the commit of its row and the promotion of its bytes."""
    staged = files.stage(BytesIO(CONTENT))
    with store.begin() as work:
        row = FileInfo(
            id=staged.id,
            subject_kind=MILESTONE,
            subject_id=market.team,
            uploader_id=market.engineer.person_id,
            name="a.txt",
            media_type="text/plain",
            size=staged.size,
            sha256=staged.sha256,
            created_at=work.now(),
            promoted_at=None,
        )
        add_file(work.connection, row)
        work.commit()
    return staged.id


def test_claims_outlive_the_messages_that_may_come_again() -> None:
    kept = SCALED.model_copy(update={"sent_retention_days": 30})
    assert (SCALED.inbox_retention_days, kept.inbox_retention_days) == (8, 31)
