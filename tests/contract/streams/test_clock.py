"""What the clock does when a time has come."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from domain.challenges import ChallengeState
from domain.errors import StaleAggregate
from domain.matching.taxonomy import Taxonomy
from domain.ports import Timer, TimerKind, UnitOfWork
from domain.use_cases.timers import run_timer
from infra.database import Database
from infra.file_sweeper import FileSweeper
from infra.settings import Settings
from infra.tables.log import timers
from infra.unit_of_work import Store
from streams.clock import ClockLoop
from streams.housekeeping import Housekeeping
from tests.fakes.clock import FakeClock
from tests.market import Market, bid_of, post_open, running_project

Run = Callable[[UnitOfWork, Timer], None]
MakeLoop = Callable[..., ClockLoop]


@pytest.fixture
def loop(store: Store, sweeper: FileSweeper) -> MakeLoop:
    """Makes a clock loop that is not started."""

    def make(run: Run = run_timer) -> ClockLoop:
        return ClockLoop(store, Housekeeping(store, Settings(), sweeper), threading.Event(), run)

    return make


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
    store: Store, market: Market, taxonomy: Taxonomy, clock: FakeClock, loop: MakeLoop
) -> None:
    without, bid_for = post_open(store, market, taxonomy), post_open(store, market, taxonomy)
    bid_of(store, market.captain, market.team, bid_for.id)
    assert loop().run_due() == 0
    clock.advance(timedelta(days=14))
    assert loop().run_due() == 2
    assert loop().run_due() == 0
    with store.begin() as work:
        states = {id: work.challenges.get(id).state for id in (without.id, bid_for.id)}
    assert states == {without.id: ChallengeState.CLOSED_UNAWARDED, bid_for.id: ChallengeState.JUDGING}


def test_a_late_milestone_is_noted_once(
    store: Store, market: Market, taxonomy: Taxonomy, clock: FakeClock, loop: MakeLoop
) -> None:
    project = running_project(store, market, taxonomy)
    clock.advance(timedelta(days=32))
    assert loop().run_due() == 1
    with store.begin() as work:
        assert [m.overdue for m in work.projects.get(project.id).milestones] == [True, False]


def test_a_timer_that_fails_is_put_off_and_holds_up_no_other(
    store: Store, database: Database, clock: FakeClock, loop: MakeLoop
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
    clockwork = loop(run)
    assert clockwork.run_due() == 3
    assert ran == ["fine"]
    now = clock.now()
    assert due(database) == {
        "broken": now + timedelta(minutes=5),
        "contended": now + timedelta(seconds=5),
    }


def test_two_loops_share_the_work(store: Store, clock: FakeClock, loop: MakeLoop) -> None:
    ran: list[str] = []
    set_timers(store, *(f"a{number}" for number in range(20)))
    clock.advance(timedelta(hours=1))

    def run(work: UnitOfWork, timer: Timer) -> None:
        ran.append(timer.aggregate_id)

    loops = [loop(run) for _ in range(2)]
    threads = [threading.Thread(target=each.run_due) for each in loops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == sorted(f"a{number}" for number in range(20))
