"""Counts live as long as their window, and what has ended does not pile up."""

from limits import parse
from limits.strategies import FixedWindowRateLimiter

from api import counters
from api.counters import Counters


class Time:
    """A moment that the test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_limit_holds_until_its_window_ends() -> None:
    time = Time()
    limiter = FixedWindowRateLimiter(Counters(time))
    twice = parse("2/minute")
    assert [limiter.hit(twice, "one") for _ in range(3)] == [True, True, False]
    assert limiter.hit(twice, "another")
    assert limiter.get_window_stats(twice, "one").reset_time == 1_060.0
    time.now += 60
    assert limiter.test(twice, "one")
    assert limiter.hit(twice, "one")


def test_windows_that_have_ended_are_forgotten() -> None:
    time = Time()
    counted = Counters(time)
    for number in range(counters.SWEEP_AFTER):
        counted.incr(str(number), 60)
    time.now += 60
    counted.incr("new", 60)
    assert counted.reset() == 1


def test_windows_that_last_are_kept() -> None:
    counted = Counters(Time())
    for number in range(counters.SWEEP_AFTER + 10):
        counted.incr(str(number), 60)
    assert counted.get("0") == 1
    counted.clear("0")
    assert counted.get("0") == 0
    assert counted.get_expiry("0") == 1_000.0
