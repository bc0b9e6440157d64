"""Ends a worker that has fallen silent, so that its supervisor starts a new one.

Faust can hang without an error and without a log line. A worker counts as alive while its event loop ticks
and, as long as messages wait, its guards get on: a guard that retries or is paused does, it says so.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from streams.patience import Status

log = logging.getLogger(__name__)

EXIT_CODE = 70
"""EX_SOFTWARE of sysexits.h."""


class Watched(Protocol):
    """A guard, as far as the watchdog looks."""

    @property
    def name(self) -> str: ...

    @property
    def status(self) -> Status: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: how often to look, and after how long a silence to end the process."""

    look: float = 5.0
    loop: float = 30.0
    guards: float = 120.0


DEFAULT_LIMITS = Limits()


def end_process() -> None:
    """Without a clean-up, which could hang as well; what was not committed comes again."""
    os._exit(EXIT_CODE)


class Watchdog:
    """A thread of its own, because it watches the event loop. `tick` and `progress` are called from there."""

    def __init__(
        self,
        guards: Sequence[Watched],
        limits: Limits = DEFAULT_LIMITS,
        end: Callable[[], None] = end_process,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._guards = guards
        self._limits = limits
        self._end = end
        self._monotonic = monotonic
        self._ticked = self._progressed = monotonic()
        self._waiting_since: float | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()

    def tick(self, lag: int | None) -> None:
        """The event loop is alive, and `lag` messages wait; None where nobody can tell."""
        self._ticked = self._monotonic()
        if not lag:
            self._waiting_since = None
        elif self._waiting_since is None:
            self._waiting_since = self._ticked

    def progress(self) -> None:
        """A batch is done."""
        self._progressed = self._monotonic()

    def silence(self) -> str | None:
        """Why the worker counts as dead; None while it does not."""
        now = self._monotonic()
        if now - self._ticked > self._limits.loop:
            return f"the event loop has not ticked for {now - self._ticked:.0f} s"
        if self._waiting_since is None:
            return None
        last = max(self._waiting_since, self._progressed, *(guard.status.beat for guard in self._guards))
        if now - last > self._limits.guards:
            return f"messages wait, and no processor has done anything for {now - last:.0f} s"
        return None

    def _watch(self) -> None:
        while not self._stop.wait(self._limits.look):
            reason = self.silence()
            if reason is not None:
                log.critical("This worker ends itself: %s.", reason)
                self._end()
                return
