"""The relay: the only way from the outbox to the log, in order and at least once."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from infra.unsent import OutboxUnavailable, UnsentRow
from producers import metrics

logger = logging.getLogger(__name__)


class PublisherFailed(Exception):
    """The log does not answer, or did not take a message this time."""


class MessageRefused(Exception):
    """The log can never take a message, whenever it is sent; `reason` and `details` say why to its sender."""

    def __init__(self, reason: str, details: Mapping[str, str]) -> None:
        super().__init__(f"{reason}: {dict(details)}")
        self.reason, self.details = reason, details


class Acknowledgement(Protocol):
    """What becomes of a message that was sent."""

    def succeeded(self) -> bool:
        """Whether the log has it; False as long as nothing is known."""
        ...

    def refusal(self) -> MessageRefused | None:
        """Why the log can never take it; None as long as it may."""
        ...


class Publisher(Protocol):
    """The way into the log. It keeps the order of messages with the same key."""

    def send(self, row: UnsentRow) -> Acknowledgement:
        """Take a message to send; raises PublisherFailed, or MessageRefused for this message alone."""
        ...

    def check(self) -> None:
        """Raise PublisherFailed once any message failed; from then on none is sent that came after it."""
        ...

    def abort(self) -> None:
        """Send nothing that was not sent yet."""
        ...

    def close(self) -> None:
        """Await what is in flight; afterwards every acknowledgement is final."""
        ...


class Outbox(Protocol):
    """The rows to send; every method raises OutboxUnavailable (see infra.unsent)."""

    def try_lock(self) -> bool: ...

    def read(self, in_flight: Iterable[int], most: int, most_bytes: int) -> list[UnsentRow]: ...

    def mark_sent(self, ids: Sequence[int]) -> None: ...

    def put_aside(self, row: UnsentRow, reason: str, details: Mapping[str, str]) -> None: ...

    def check(self) -> None: ...

    def close(self) -> None: ...


class Stop(Protocol):
    """Says when to stop; `threading.Event` is one."""

    def is_set(self) -> bool: ...

    def wait(self, timeout: float) -> bool: ...


@dataclass(frozen=True, slots=True)
class Pace:
    """`most_in_flight` and `chunk` in messages, `most_bytes` of their values in flight; the rest in seconds.

    A poll that finds nothing doubles the wait for the next one, from `shortest_poll` to `longest_poll`;
    a failure doubles the wait for the next connection, from `first_retry` to `last_retry`. A log that
    acknowledges nothing for `most_silence` while messages are in flight counts as a failure.
    """

    most_in_flight: int = 6_000
    most_bytes: int = 32 * 1024 * 1024
    chunk: int = 2_000
    shortest_poll: float = 0.005
    longest_poll: float = 0.05
    lock_poll: float = 0.5
    first_retry: float = 0.1
    last_retry: float = 5.0
    most_silence: float = 30.0


DEFAULT_PACE = Pace()


class Relay:
    """Sends the outbox's rows to the log and marks them; of several relays, one works and the others wait.

    A message that the log can never take is put aside, so that it holds up no other. Any other failure is
    taken for a passing one, and everything waits for its end.
    """

    def __init__(
        self,
        open_outbox: Callable[[], Outbox],
        open_publisher: Callable[[], Publisher],
        pace: Pace = DEFAULT_PACE,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_outbox = open_outbox
        self._open_publisher = open_publisher
        self._pace = pace
        self._monotonic = monotonic
        self._settled = 0

    def run(self, stop: Stop) -> None:
        """Relay until `stop`; connects anew, from the first unsent row, after any failure."""
        failures = 0
        while not stop.is_set():
            settled_before = self._settled
            try:
                self._serve(stop)
            except (OutboxUnavailable, PublisherFailed) as failure:
                failures = 0 if self._settled > settled_before else failures
                wait = min(self._pace.last_retry, self._pace.first_retry * 2.0 ** min(failures, 30))
                failures += 1
                metrics.FAILURES.inc()
                logger.warning("The relay connects anew in %.1f s: %s", wait, failure)
                stop.wait(wait)

    def _serve(self, stop: Stop) -> None:
        with closing(self._open_outbox()) as outbox:
            while not outbox.try_lock():
                if stop.wait(self._pace.lock_poll):
                    return
            logger.info("This is the relay now.")
            metrics.ACTIVE.set(1)
            try:
                _Run(outbox, self._open_publisher(), self._pace, self._count, self._monotonic).until(stop)
            finally:
                metrics.ACTIVE.set(0)
                metrics.IN_FLIGHT.set(0)

    def _count(self, settled: int) -> None:
        self._settled += settled


class _Flight(NamedTuple):
    message: Acknowledgement
    row: UnsentRow


class _Run:
    """One connection to the outbox and one producer, from the lock to the first failure or the stop."""

    def __init__(
        self,
        outbox: Outbox,
        publisher: Publisher,
        pace: Pace,
        count: Callable[[int], None],
        monotonic: Callable[[], float],
    ) -> None:
        self._outbox = outbox
        self._publisher = publisher
        self._pace = pace
        self._count = count
        self._monotonic = monotonic
        self._heard = monotonic()
        self._in_flight: dict[int, _Flight] = {}
        self._bytes_in_flight = 0

    def until(self, stop: Stop) -> None:
        """Relay until `stop`; raises OutboxUnavailable or PublisherFailed, with nothing left in flight."""
        try:
            self._relay(stop)
        except OutboxUnavailable:
            # Another relay may hold the lock by now; what this one still sends can only be a repetition.
            self._publisher.abort()
            self._publisher.close()
            raise
        except PublisherFailed:
            self._settle()
            raise
        self._settle()

    def _settle(self) -> None:
        self._publisher.close()
        self._mark_acknowledged()
        for message, row in self._in_flight.values():
            if refusal := message.refusal():
                self._put_aside(row, refusal)

    def _relay(self, stop: Stop) -> None:
        poll = self._pace.shortest_poll
        while not stop.is_set():
            marked = self._mark_acknowledged()
            self._publisher.check()
            self._require_an_answer(marked)
            metrics.IN_FLIGHT.set(len(self._in_flight))
            if self._is_full:
                # Wait for room for a whole chunk: small reads and marks cost the most for each message.
                self._outbox.check()
                stop.wait(self._pace.longest_poll)
                continue
            sent = self._send_next()
            if sent == self._pace.chunk:
                continue
            poll = self._pace.shortest_poll if sent or marked else min(self._pace.longest_poll, 2 * poll)
            stop.wait(poll)

    def _require_an_answer(self, marked: int) -> None:
        """Raise PublisherFailed after too long a silence.

        A producer may hang for good and fail nothing: kafka-python's does where a broker dies while it asks
        for a producer id. What is in flight is given up, because no answer to it will come.
        """
        now = self._monotonic()
        if marked or not self._in_flight:
            self._heard = now
        elif now - self._heard > self._pace.most_silence:
            self._publisher.abort()
            raise PublisherFailed(f"the log acknowledged nothing for {now - self._heard:.0f} s")

    @property
    def _is_full(self) -> bool:
        too_many = len(self._in_flight) + self._pace.chunk > self._pace.most_in_flight
        return too_many or self._bytes_in_flight >= self._pace.most_bytes

    def _send_next(self) -> int:
        bytes_left = self._pace.most_bytes - self._bytes_in_flight
        rows = self._outbox.read(self._in_flight, self._pace.chunk, bytes_left)
        for row in rows:
            try:
                self._in_flight[row.id] = _Flight(self._publisher.send(row), row)
            except MessageRefused as refusal:
                self._put_aside(row, refusal)
            else:
                self._bytes_in_flight += _size(row)
        return len(rows)

    def _put_aside(self, row: UnsentRow, refusal: MessageRefused) -> None:
        self._outbox.put_aside(row, refusal.reason, refusal.details)
        self._count(1)
        metrics.PUT_ASIDE.inc()
        logger.error("The log never takes outbox row %d, which is a dead letter now: %s", row.id, refusal)

    def _mark_acknowledged(self) -> int:
        acknowledged = [id for id, flight in self._in_flight.items() if flight.message.succeeded()]
        if acknowledged:
            self._outbox.mark_sent(acknowledged)
            self._count(len(acknowledged))
            metrics.SENT.inc(len(acknowledged))
            self._bytes_in_flight -= sum(_size(self._in_flight.pop(id).row) for id in acknowledged)
        return len(acknowledged)


def _size(row: UnsentRow) -> int:
    return len(row.value or b"")
