"""What the clock does when a time has come, and what it clears away."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from domain.challenges import ChallengeState
from domain.errors import StaleAggregate
from domain.matching.taxonomy import Taxonomy
from domain.ports import Timer, TimerKind, UnitOfWork
from infra import checkpoints
from infra.database import Database
from infra.outbox import EVENTS, Message
from infra.repositories.log import StoredResponse
from infra.settings import Settings
from infra.tables.access import sessions
from infra.tables.log import idempotency_keys, inbox, outbox, timers
from infra.unit_of_work import Store
from streams.clock import ClockLoop
from streams.housekeeping import Housekeeping
from tests.fakes.clock import FakeClock
from tests.fakes.stop import FakeStop
from tests.market import Market, bid_of, post_open, running_project

SCALED = Settings.model_validate(
    {"database_url": "postgresql+psycopg://unused", "kafka": "unused", "elasticsearch": "unused"}
)


def loop(store: Store, settings: Settings | None = None, *consumers: str) -> ClockLoop:
    housekeeping = Housekeeping(store, settings or Settings(), consumers)
    return ClockLoop(store, housekeeping, threading.Event())


def due(database: Database) -> dict[str, datetime]:
    with database.read() as connection:
        query = select(timers.c.aggregate_id, timers.c.part, timers.c.due_at)
        return {row.part or row.aggregate_id: row.due_at for row in connection.execute(query)}


def set_timers(store: Store, *ids: str) -> None:
    with store.begin() as work:
        for number, id in enumerate(ids):
            work.timers.set(Timer(id, TimerKind.BIDS_CLOSE, work.now() + timedelta(seconds=number)))
        work.commit()


def test_bidding_closes_when_its_time_has_come(
    store: Store, market: Market, taxonomy: Taxonomy, clock: FakeClock
) -> None:
    without, bid_for = post_open(store, market, taxonomy), post_open(store, market, taxonomy)
    bid_of(store, market.captain, market.team, bid_for.id)
    assert loop(store).run_due() == 0
    clock.advance(timedelta(days=14))
    assert loop(store).run_due() == 2
    assert loop(store).run_due() == 0
    with store.begin() as work:
        states = {id: work.challenges.get(id).state for id in (without.id, bid_for.id)}
    assert states == {without.id: ChallengeState.CLOSED_UNAWARDED, bid_for.id: ChallengeState.JUDGING}


def test_a_late_milestone_is_noted_once(
    store: Store, market: Market, taxonomy: Taxonomy, clock: FakeClock
) -> None:
    project = running_project(store, market, taxonomy)
    clock.advance(timedelta(days=32))
    assert loop(store).run_due() == 1
    with store.begin() as work:
        assert [m.overdue for m in work.projects.get(project.id).milestones] == [True, False]


def test_a_timer_that_fails_is_put_off_and_holds_up_no_other(
    store: Store, database: Database, clock: FakeClock
) -> None:
    ran: list[str] = []

    def run(work: UnitOfWork, timer: Timer) -> None:
        if timer.aggregate_id == "broken":
            raise KeyError("a bug")
        if timer.aggregate_id == "contended":
            raise StaleAggregate(kind="challenge")
        ran.append(timer.aggregate_id)

    set_timers(store, "broken", "contended", "fine")
    clock.advance(timedelta(minutes=1))
    clockwork = ClockLoop(store, Housekeeping(store, Settings()), threading.Event(), run)
    assert clockwork.run_due() == 3
    assert ran == ["fine"]
    now = clock.now()
    assert due(database) == {
        "broken": now + timedelta(minutes=5),
        "contended": now + timedelta(seconds=5),
    }


def test_two_loops_share_the_work(store: Store, clock: FakeClock) -> None:
    ran: list[str] = []
    set_timers(store, *(f"a{number}" for number in range(20)))
    clock.advance(timedelta(hours=1))

    def run(work: UnitOfWork, timer: Timer) -> None:
        ran.append(timer.aggregate_id)

    loops = [ClockLoop(store, Housekeeping(store, Settings()), threading.Event(), run) for _ in range(2)]
    threads = [threading.Thread(target=each.run_due) for each in loops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == sorted(f"a{number}" for number in range(20))


def write_log(store: Store, messages: int, claims: int = 0) -> None:
    with store.begin() as work:
        for number in range(messages):
            work.outbox.append_message(Message(EVENTS, "k", {}, b"%d" % number))
        work.inbox.claim("matcher", 1, [f"{work.now()}-{number}" for number in range(claims)])
        work.commit()


def count(database: Database, table: object) -> int:
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def keep_house(store: Store, settings: Settings, *consumers: str) -> int:
    return Housekeeping(store, settings, consumers).run(FakeStop())


def test_the_embedded_log_is_kept_until_every_consumer_is_past_it(
    store: Store, database: Database, clock: FakeClock
) -> None:
    write_log(store, 10, claims=3)
    clock.advance(timedelta(hours=2))
    write_log(store, 5, claims=2)
    clock.advance(timedelta(hours=2))
    with store.begin() as work:
        checkpoints.move(work.connection, "fast@1", 15)
        checkpoints.move(work.connection, "slow@1", 4)
        work.commit()
    keep_house(store, Settings(), "fast@1", "slow@1")
    assert (count(database, outbox), count(database, inbox)) == (11, 5)
    with store.begin() as work:
        checkpoints.move(work.connection, "slow@1", 12)
        work.commit()
    keep_house(store, Settings(), "fast@1", "slow@1")
    assert (count(database, outbox), count(database, inbox)) == (3, 3 + 2 - 3)
    with store.begin() as work:
        checkpoints.move(work.connection, "slow@1", 15)
        work.commit()
    keep_house(store, Settings(), "fast@1", "slow@1")
    assert (count(database, outbox), count(database, inbox)) == (0, 0)


def test_a_consumer_that_never_began_keeps_all_of_the_log(
    store: Store, database: Database, clock: FakeClock
) -> None:
    write_log(store, 3, claims=3)
    clock.advance(timedelta(days=30))
    keep_house(store, Settings(), "new@1")
    assert (count(database, outbox), count(database, inbox)) == (3, 3)


def test_the_last_hour_of_the_embedded_log_stays(store: Store, database: Database, clock: FakeClock) -> None:
    write_log(store, 3, claims=3)
    with store.begin() as work:
        checkpoints.move(work.connection, "fast@1", 3)
        work.commit()
    clock.advance(timedelta(minutes=59))
    keep_house(store, Settings(), "fast@1")
    assert (count(database, outbox), count(database, inbox)) == (3, 3)


def test_the_scaled_log_is_purged_a_week_after_it_was_sent_and_never_unsent(
    store: Store, database: Database, clock: FakeClock
) -> None:
    write_log(store, 1_200)
    with database.write() as connection:
        connection.execute(outbox.update().where(outbox.c.id != 1_100).values(sent_at=clock.now()))
        connection.commit()
    clock.advance(timedelta(days=7))
    assert keep_house(store, SCALED) == 0
    clock.advance(timedelta(seconds=1))
    keep_house(store, SCALED)
    with database.read() as connection:
        assert connection.execute(select(func.min(outbox.c.id))).scalar_one() == 1_100


def test_the_scaled_inbox_outlives_the_topics_retention(
    store: Store, database: Database, clock: FakeClock
) -> None:
    write_log(store, 0, claims=5)
    clock.advance(timedelta(days=8))
    keep_house(store, SCALED)
    assert count(database, inbox) == 5
    clock.advance(timedelta(seconds=1))
    keep_house(store, SCALED)
    assert count(database, inbox) == 0


@pytest.mark.parametrize("settings", [Settings(), SCALED], ids=["embedded", "scaled"])
def test_requests_and_sessions_are_forgotten_in_time(
    settings: Settings, store: Store, database: Database, clock: FakeClock, market: Market
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
    keep_house(store, settings)
    assert (count(database, idempotency_keys), count(database, sessions)) == (1, 1)
    clock.advance(timedelta(seconds=1))
    keep_house(store, settings)
    assert (count(database, idempotency_keys), count(database, sessions)) == (0, 1)
    clock.advance(timedelta(hours=6))
    keep_house(store, settings)
    assert count(database, sessions) == 0
