"""An outbox and a log in memory, and a stop that plays a script instead of waiting."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from infra.unsent import OutboxUnavailable, UnsentRow
from producers.relay import MessageRefused, PublisherFailed

TOO_LARGE = MessageRefused("oversized", {"(message)": "has 9 bytes; at most 8 are read"})


def row(id: int, key: str = "a", size: int = 1) -> UnsentRow:
    """A row whose value has `size` bytes."""
    return UnsentRow(id, "events", key, {"ce_id": str(id)}, b"x" * size)


@dataclass
class FakeAcknowledgement:
    id: int
    done: bool = False
    refused: MessageRefused | None = None

    def succeeded(self) -> bool:
        return self.done

    def refusal(self) -> MessageRefused | None:
        return self.refused


@dataclass
class FakeOutbox:
    """Rows that have committed, the marks on them, and how often the lock is refused."""

    rows: dict[int, UnsentRow] = field(default_factory=dict)
    sent: list[int] = field(default_factory=list)
    aside: dict[int, str] = field(default_factory=dict)
    refusals: int = 0
    lost: bool = False
    closed: int = 0

    def commit(self, *rows: UnsentRow) -> None:
        self.rows.update((row.id, row) for row in rows)

    def try_lock(self) -> bool:
        self._require_connection()
        self.refusals -= 1
        return self.refusals < 0

    def read(self, in_flight: Iterable[int], most: int, most_bytes: int) -> list[UnsentRow]:
        self._require_connection()
        left = sorted(self.rows.keys() - set(self.sent) - set(self.aside) - set(in_flight))
        return [self.rows[id] for id in left[:most]]

    def mark_sent(self, ids: Sequence[int]) -> None:
        self._require_connection()
        self.sent += ids

    def put_aside(self, row: UnsentRow, reason: str, details: Mapping[str, str]) -> None:
        self._require_connection()
        self.aside[row.id] = reason

    def check(self) -> None:
        self._require_connection()

    def close(self) -> None:
        self.closed += 1

    def _require_connection(self) -> None:
        if self.lost:
            raise OutboxUnavailable("the connection is lost")


@dataclass
class FakePublisher:
    """Remembers what it was given; a test acknowledges, or fails, what is in flight.

    It never takes what is `too_large`: it refuses that itself, or, where it `asks_the_log`, only fails then.
    """

    acknowledges_at_once: bool = True
    too_large: Collection[int] = ()
    asks_the_log: bool = False
    taken: list[int] = field(default_factory=list)
    in_flight: list[FakeAcknowledgement] = field(default_factory=list)
    failed: bool = False
    aborted: bool = False
    closed: bool = False

    def send(self, row: UnsentRow) -> FakeAcknowledgement:
        self.check()
        if row.id in self.too_large and not self.asks_the_log:
            raise TOO_LARGE
        self.taken.append(row.id)
        acknowledgement = FakeAcknowledgement(row.id, done=self.acknowledges_at_once and not self.failed)
        if row.id in self.too_large:
            acknowledgement = FakeAcknowledgement(row.id, refused=TOO_LARGE)
            self.fail()
        self.in_flight.append(acknowledgement)
        return acknowledgement

    def acknowledge(self, *ids: int) -> None:
        for acknowledgement in self.in_flight:
            if acknowledgement.id in ids:
                acknowledgement.done = True

    def fail(self) -> None:
        self.failed = True

    def check(self) -> None:
        if self.failed:
            raise PublisherFailed("the broker refused a message")

    def abort(self) -> None:
        self.aborted = True

    def close(self) -> None:
        """What is in flight arrives, unless something failed or was aborted."""
        self.closed = True
        if not self.failed and not self.aborted:
            self.acknowledge(*self.taken)


class Step(Protocol):
    def __call__(self) -> object: ...


class Script:
    """A stop whose every wait is the next step of the test; after the last one it is time to stop."""

    def __init__(self, *steps: Step) -> None:
        self._steps = list(steps)
        self._stopped = False
        self.waits: list[float] = []

    def is_set(self) -> bool:
        return self._stopped

    def wait(self, timeout: float) -> bool:
        self.waits.append(timeout)
        if self._steps:
            self._steps.pop(0)()
        else:
            self._stopped = True
        return self._stopped


def nothing() -> None:
    """A step in which nothing happens."""


def in_turn(publishers: Sequence[FakePublisher]) -> Callable[[], FakePublisher]:
    """Opens the publishers one after another."""
    left = iter(publishers)
    return lambda: next(left)
