"""Trying again, growing slower, until it works or somebody says stop."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import Protocol

from domain.errors import Conflict
from infra.transient import is_transient
from search.errors import CatalogueUnavailable
from streams import metrics

log = logging.getLogger(__name__)

LASTING_CONFLICT = 10
"""A conflict that is still there after so many attempts is no race: what was asked for is impossible."""


class Stopped(Exception):
    """The host asked to stop; what was not committed comes again after the next start."""


class Stop(Protocol):
    """Says when to stop; `threading.Event` is one."""

    def is_set(self) -> bool: ...

    def wait(self, timeout: float) -> bool:
        """Sleep for `timeout` seconds; True as soon as it is time to stop."""
        ...


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds between attempts: doubling from `first` to `most`; `paused` while an unknown event waits."""

    first: float = 0.05
    most: float = 10.0
    paused: float = 30.0

    def seconds(self, attempt: int) -> float:
        """The wait after the attempt with this number; the first attempt has number 0."""
        return min(self.most, self.first * 2.0 ** min(attempt, 30))


DEFAULT_BACKOFF = Backoff()


class State(StrEnum):
    RUNNING = "running"
    RETRYING = "retrying"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Status:
    """What a consumer does, and why it does not get on; `beat` is the time of its last sign of life."""

    state: State
    reason: str
    beat: float


class Patience:
    """Makes a consumer's attempts. `status` may be read from any thread; `monotonic` gives seconds.

    After `conflicts` attempts a conflict no longer counts as a passing failure.
    """

    def __init__(
        self,
        consumer: str,
        stop: Stop,
        backoff: Backoff = DEFAULT_BACKOFF,
        monotonic: Callable[[], float] = time.monotonic,
        conflicts: int = LASTING_CONFLICT,
    ) -> None:
        self._consumer = consumer
        self._stop = stop
        self._backoff = backoff
        self._monotonic = monotonic
        self._conflicts = conflicts
        self.status = Status(State.RUNNING, "", monotonic())
        metrics.PAUSED.labels(consumer).set(0)

    def attempt(self, action: Callable[[], None]) -> Exception | None:
        """Do it, again while the failure is a passing one; returns an error that is not. Raises Stopped."""
        for number in count():
            self.require_running()
            try:
                action()
            except Exception as error:  # noqa: BLE001 - a host that sees an exception loses the message
                if not self._passes(error, number):
                    return error
                self._wait(error, number)
            else:
                self._note(State.RUNNING)
                return None
        raise AssertionError("count() has no end")

    def insist(self, action: Callable[[], None]) -> None:
        """Do it, again whatever the failure, because no message is to blame for it. Raises Stopped."""
        for number in count():
            error = self.attempt(action)
            if error is None:
                return
            self._wait(error, number)

    def pause(self, reason: str) -> None:
        """Wait for as long as it takes a person to act, and say so. Raises Stopped."""
        log.critical("%s is paused: %s. Deploy the release that knows it.", self._consumer, reason)
        self._note(State.PAUSED, reason)
        metrics.PAUSED.labels(self._consumer).set(1)
        self._sleep(self._backoff.paused)

    def go_on(self) -> None:
        """Note that nothing is waited for any more."""
        metrics.PAUSED.labels(self._consumer).set(0)
        self._note(State.RUNNING)

    def require_running(self) -> None:
        """Raises Stopped once a stop was asked for."""
        if self._stop.is_set():
            raise Stopped

    def _wait(self, error: Exception, number: int) -> None:
        seconds = self._backoff.seconds(number)
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        level = logging.DEBUG if isinstance(error, Conflict) else logging.WARNING
        log.log(level, "%s tries again in %.2f s: %s", self._consumer, seconds, reason)
        metrics.RETRIES.labels(self._consumer).inc()
        self._note(State.RETRYING, reason)
        self._sleep(seconds)

    def _sleep(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise Stopped

    def _note(self, state: State, reason: str = "") -> None:
        self.status = Status(state, reason, self._monotonic())

    def _passes(self, error: Exception, number: int) -> bool:
        if isinstance(error, Conflict):
            return number < self._conflicts
        return is_transient(error) or isinstance(error, CatalogueUnavailable)
