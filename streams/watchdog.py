"""Ends a worker that has fallen silent, so that its supervisor starts a new one.

Faust can hang without an error and without a log line. A worker counts as alive while its event loop ticks
and, as long as messages wait, what it has committed grows, or a guard says that it retries or is paused. A
busy processor does not hide another that hangs: Faust commits what all of them are done with.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from streams.kafka_lag import Behind
from streams.patience import State, Status

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
    """Seconds: how often to look; how long the loop may stand still, and what the guards have committed."""

    look: float = 5.0
    loop: float = 30.0
    guards: float = 60.0


DEFAULT_LIMITS = Limits()


def end_process() -> None:
    """Without a clean-up, which could hang as well; what was not committed comes again."""
    os._exit(EXIT_CODE)


class Watchdog:
    """A thread of its own, because it watches the event loop. `tick` is called from there."""

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
        self._ticked = monotonic()
        self._behind: Behind | None = None
        self._got_on = self._ticked
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()

    def tick(self, behind: Behind | None) -> None:
        """The event loop is alive, and the worker so far behind; None where nobody can tell."""
        self._ticked = self._monotonic()
        before, self._behind = self._behind, behind
        if before is None or behind is None or not behind.waiting or behind.committed != before.committed:
            self._got_on = self._ticked
        in_trouble = (guard.status for guard in self._guards if guard.status.state is not State.RUNNING)
        self._got_on = max([self._got_on, *(status.beat for status in in_trouble)])

    def silence(self) -> str | None:
        """Why the worker counts as dead; None while it does not."""
        now = self._monotonic()
        if now - self._ticked > self._limits.loop:
            return f"the event loop has not ticked for {now - self._ticked:.0f} s"
        if self._behind is not None and now - self._got_on > self._limits.guards:
            return f"messages wait, and nothing has been committed for {now - self._got_on:.0f} s"
        return None

    def _watch(self) -> None:
        while not self._stop.wait(self._limits.look):
            reason = self.silence()
            if reason is not None:
                log.critical("This worker ends itself: %s.", reason)
                self._end()
                return
