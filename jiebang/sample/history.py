"""Letting things happen in the past: moments in order, each with its own time and the timers due by then."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from domain.days import CHINA, day_of
from domain.use_cases.timers import run_timer
from infra.unit_of_work import SqlUnitOfWork

MOST_TIMERS = 100
END_OF_WORK = time(18, 0)


class History:
    """A past that is told forwards within the transaction of `present`: it is there whole or not at all."""

    def __init__(self, present: SqlUnitOfWork, random: Random) -> None:
        self._connection = present.connection
        self._now = present.now()
        self._clock = SetClock(self._now)
        self._ids = SeededIds(self._clock, random)

    def time_of(self, day: int, at: time) -> datetime:
        """That time in China on the day counted from today; today has not yet come further than now."""
        return min(datetime.combine(self.day(day), at, tzinfo=CHINA), self._now)

    def deadline(self, day: int) -> datetime:
        """The end of work in China on the day counted from today, which may be to come."""
        return datetime.combine(self.day(day), END_OF_WORK, tzinfo=CHINA)

    def day(self, day: int) -> date:
        """The date in China, counted from today."""
        return day_of(self._now) + timedelta(days=day)

    @contextmanager
    def moment(self, when: datetime) -> Iterator[SqlUnitOfWork]:
        """What happens at that time, after what was due until then."""
        self._clock.set(when)
        work = SqlUnitOfWork(self._connection, self._clock, self._ids)
        for timer in work.timers.claim_due(when, MOST_TIMERS):
            run_timer(work, timer)
        yield work
        work.outbox.flush()


class SetClock:
    """Shows the time that it was set to."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        self._now = now


class SeededIds:
    """UUIDv7 of the clock's time: a counter keeps their order within it, seeded bits follow."""

    def __init__(self, clock: SetClock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._made = 0

    def new(self) -> str:
        self._made += 1
        milliseconds = int(self._clock.now().timestamp() * 1000)
        tail = self._made << 32 | self._random.getrandbits(32)
        return str(UUID(int=milliseconds << 80 | 0x7 << 76 | 0b10 << 62 | tail))
