"""A clock that a test sets, and ids in order."""

from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by


class CountingIds:
    """Ids in the order of their making, shaped like UUIDs."""

    def __init__(self) -> None:
        self._next = count(1)

    def new(self) -> str:
        return f"00000000-0000-7000-8000-{next(self._next):012d}"
