"""When a worker counts as dead."""

import threading
from dataclasses import dataclass, field

import pytest

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


def pass_time(watchdog: Watchdog, now: Now, seconds: float, lag: int | None) -> None:
    """Let the loop tick every two seconds."""
    for _ in range(int(seconds / 2)):
        now.seconds += 2
        watchdog.tick(lag)


def test_an_idle_worker_lives(watchdog: Watchdog, now: Now) -> None:
    pass_time(watchdog, now, 10_000, lag=0)

    assert watchdog.silence() is None


def test_a_loop_that_does_not_tick_is_dead(watchdog: Watchdog, now: Now) -> None:
    watchdog.tick(0)
    now.seconds += 30
    assert watchdog.silence() is None
    now.seconds += 1
    assert "has not ticked" in str(watchdog.silence())


def test_messages_that_wait_while_nothing_happens_are_a_death(watchdog: Watchdog, now: Now) -> None:
    pass_time(watchdog, now, 120, lag=5)
    assert watchdog.silence() is None
    pass_time(watchdog, now, 4, lag=5)
    assert "messages wait" in str(watchdog.silence())


def test_a_worker_that_gets_on_lives(watchdog: Watchdog, now: Now) -> None:
    for _ in range(10):
        pass_time(watchdog, now, 100, lag=5)
        watchdog.progress()

        assert watchdog.silence() is None


def test_a_worker_that_retries_or_is_paused_lives(watchdog: Watchdog, now: Now, guard: FakeGuard) -> None:
    for _ in range(10):
        pass_time(watchdog, now, 100, lag=5)
        guard.status = Status(State.RETRYING, "the database is away", now.seconds)

        assert watchdog.silence() is None


@pytest.mark.parametrize("lag", [0, None])
def test_nothing_waits_or_nobody_can_tell(watchdog: Watchdog, now: Now, lag: int | None) -> None:
    pass_time(watchdog, now, 100, lag=5)
    watchdog.tick(lag)
    pass_time(watchdog, now, 100, lag=5)

    assert watchdog.silence() is None


def test_it_ends_the_process_by_itself(now: Now, guard: FakeGuard) -> None:
    ended = threading.Event()
    watchdog = Watchdog([guard], LIMITS, ended.set, now)
    watchdog.start()
    now.seconds += 31

    assert ended.wait(10)
    watchdog.stop()
