"""When a worker counts as dead."""

import threading
from dataclasses import dataclass, field

import pytest

from streams.kafka_lag import Behind
from streams.patience import State, Status
from streams.watchdog import Limits, Watchdog

LIMITS = Limits(look=0.001, loop=30, guards=120)


@dataclass
class Now:
    """A clock that a test sets."""

    seconds: float = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class FakeGuard:
    name: str = "fake"
    status: Status = field(default_factory=lambda: Status(State.RUNNING, "", 0.0))


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def guard() -> FakeGuard:
    return FakeGuard()


@pytest.fixture
def watchdog(now: Now, guard: FakeGuard) -> Watchdog:
    return Watchdog([guard], LIMITS, lambda: None, now)


def pass_time(watchdog: Watchdog, now: Now, seconds: float, behind: Behind | None) -> None:
    """Let the loop tick every two seconds."""
    for _ in range(int(seconds / 2)):
        now.seconds += 2
        watchdog.tick(behind)


WAITING = Behind(waiting=5, committed=100)


def test_an_idle_worker_lives(watchdog: Watchdog, now: Now) -> None:
    pass_time(watchdog, now, 10_000, Behind(waiting=0, committed=100))

    assert watchdog.silence() is None


def test_a_loop_that_does_not_tick_is_dead(watchdog: Watchdog, now: Now) -> None:
    watchdog.tick(Behind(waiting=0, committed=100))
    now.seconds += 30
    assert watchdog.silence() is None
    now.seconds += 1
    assert "has not ticked" in str(watchdog.silence())


def test_messages_that_wait_while_nothing_is_committed_are_a_death(watchdog: Watchdog, now: Now) -> None:
    pass_time(watchdog, now, 120, WAITING)
    assert watchdog.silence() is None
    pass_time(watchdog, now, 4, WAITING)
    assert "messages wait" in str(watchdog.silence())


def test_a_processor_that_hangs_is_a_death_however_busy_the_others_are(
    watchdog: Watchdog, now: Now, guard: FakeGuard
) -> None:
    for _ in range(62):
        guard.status = Status(State.RUNNING, "", now.seconds)
        pass_time(watchdog, now, 2, WAITING)

    assert "messages wait" in str(watchdog.silence())


def test_a_worker_that_gets_on_lives(watchdog: Watchdog, now: Now) -> None:
    for committed in range(10):
        pass_time(watchdog, now, 100, Behind(waiting=5, committed=committed))

        assert watchdog.silence() is None


def test_a_worker_that_retries_or_is_paused_lives(watchdog: Watchdog, now: Now, guard: FakeGuard) -> None:
    for _ in range(10):
        pass_time(watchdog, now, 100, WAITING)
        guard.status = Status(State.RETRYING, "the database is away", now.seconds)
        watchdog.tick(WAITING)

        assert watchdog.silence() is None


def test_what_was_retried_for_long_has_time_to_be_committed(
    watchdog: Watchdog, now: Now, guard: FakeGuard
) -> None:
    for _ in range(100):
        guard.status = Status(State.RETRYING, "the database is away", now.seconds)
        pass_time(watchdog, now, 2, WAITING)
    guard.status = Status(State.RUNNING, "", now.seconds)
    pass_time(watchdog, now, 2, WAITING)

    assert watchdog.silence() is None


@pytest.mark.parametrize("meanwhile", [Behind(waiting=0, committed=100), None])
def test_nothing_waits_or_nobody_can_tell(watchdog: Watchdog, now: Now, meanwhile: Behind | None) -> None:
    pass_time(watchdog, now, 100, WAITING)
    watchdog.tick(meanwhile)
    pass_time(watchdog, now, 100, WAITING)

    assert watchdog.silence() is None


def test_it_ends_the_process_by_itself(now: Now, guard: FakeGuard) -> None:
    ended = threading.Event()
    watchdog = Watchdog([guard], LIMITS, ended.set, now)
    watchdog.start()
    now.seconds += 31

    assert ended.wait(10)
    watchdog.stop()
