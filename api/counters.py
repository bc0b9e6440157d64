"""Counts of requests in this process's memory, for `limits`.

Its own memory storage starts a thread every hundredth of a second to look for what has expired, which halved
the rate of requests. This one looks when a count is made, and rarely.
"""

import time
from collections.abc import Callable
from threading import Lock

from limits.storage import Storage

SWEEP_AFTER = 10_000


class Counters(Storage):
    """A count for each key until the key's window ends."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        super().__init__(None)
        self._now = now
        self._lock = Lock()
        self._counts: dict[str, tuple[int, float]] = {}
        self._sweep_at = SWEEP_AFTER

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the storage raises when it is out of reach: memory never is."""
        return OSError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to the key's count; the first addition opens its window of `expiry` seconds."""
        now = self._now()
        with self._lock:
            count, ends = self._counts.get(key, (0, 0.0))
            if ends <= now:
                count, ends = 0, now + expiry
            self._counts[key] = count + amount, ends
            if len(self._counts) > self._sweep_at:
                self._sweep(now)
        return count + amount

    def get(self, key: str) -> int:
        """The key's count; 0 once its window has ended."""
        count, ends = self._counts.get(key, (0, 0.0))
        return count if ends > self._now() else 0

    def get_expiry(self, key: str) -> float:
        """When the key's window ends; now, where it has none."""
        return max(self._counts.get(key, (0, 0.0))[1], self._now())

    def check(self) -> bool:
        """Whether it can be used."""
        return True

    def reset(self) -> int:
        """Forget everything; returns how many keys there were."""
        with self._lock:
            forgotten = len(self._counts)
            self._counts.clear()
        return forgotten

    def clear(self, key: str) -> None:
        """Forget a key."""
        with self._lock:
            self._counts.pop(key, None)

    def _sweep(self, now: float) -> None:
        """Forget windows that have ended; wait longer where most have not. The caller holds the lock."""
        self._counts = {key: kept for key, kept in self._counts.items() if kept[1] > now}
        self._sweep_at = max(SWEEP_AFTER, 2 * len(self._counts))
