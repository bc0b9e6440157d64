"""The log's news for this process: what keeps its replica current and its live pages alive."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from domain.errors import DomainError
from domain.events import EventRecord
from infra.database import Database
from infra.log_reader import LogRow, end_of_log, read_after
from infra.outbox import EVENTS, decode_message
from streams.positions import Position

log = logging.getLogger(__name__)

Callback = Callable[[str, Sequence[EventRecord]], None]
Places = Sequence[tuple[int, int, EventRecord]]
"""Records with the partition and the offset at which they stand."""

REMEMBERED = 10_000
MOST_AT_ONCE = 500
CATCH_UP_SECONDS = 5.0
POLL_SECONDS = 1.0


class FeedBehind(TimeoutError):
    """The feed did not reach the log's end in time; trying again later may succeed."""


class ChangeFeed(Protocol):
    """Every domain event of the log from the moment of `start` on, in the log's order for each key.

    An event that this release cannot read is left out: who follows the feed reads rows. Callbacks run one
    after another in the feed's threads; they neither write to the store nor call `catch_up`.
    """

    @property
    def position(self) -> str:
        """The place up to which everything was delivered; "" before the start."""
        ...

    def subscribe(self, callback: Callback) -> None:
        """Call `callback(position, records)` for all records from now on, `position` being behind them."""
        ...

    def start(self) -> None:
        """Note the log's end and deliver what comes after it. Returns once the end is noted."""
        ...

    def stop(self) -> None:
        """Deliver nothing more; returns when no callback runs."""
        ...

    def catch_up(self, timeout: float = CATCH_UP_SECONDS) -> None:
        """Return when all that is in the log now was delivered. Raises FeedBehind after `timeout` seconds."""
        ...

    def since(self, position: str) -> list[tuple[str, EventRecord]] | None:
        """What was delivered after `position`, each with the position behind it.

        None where this process does not know all of it any more, or where the log ends before `position` (it
        was restored from a backup, say); then the follower starts afresh. May wait as `catch_up` does.
        """
        ...


class Delivery:
    """What every feed shares: callbacks, the position and the memory of the last records."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._callbacks: list[Callback] = []
        self._memory: deque[tuple[int, int, str, EventRecord]] = deque(maxlen=remembered)
        self._forgotten = Position()
        self._guard = threading.Lock()
        self.position = Position()

    def subscribe(self, callback: Callback) -> None:
        """Add a callback."""
        self._callbacks.append(callback)

    def begin(self, position: Position) -> None:
        """Start from `position`: what lies before it is not known here."""
        with self._guard:
            self._memory.clear()
            self.position = self._forgotten = position

    def deliver(self, places: Places, position: Position) -> None:
        """Hand the records over and move on to `position`, which lies behind all of them.

        A callback that fails is logged and left behind: the others and the feed go on.
        """
        with self._guard:
            behind = self.position
            for partition, offset, record in places:
                behind = behind.past([(partition, offset)])
                self._remember(partition, offset, str(behind), record)
        records = [record for _, _, record in places]
        if records:
            for callback in self._callbacks:
                try:
                    callback(str(position), records)
                except Exception:
                    log.exception("a follower of the change feed failed")
        self.position = position

    def since(self, position: str, catch_up: Callable[[], None]) -> list[tuple[str, EventRecord]] | None:
        """See `ChangeFeed.since`; `catch_up` is the feed's own."""
        asked = Position.parse(position)
        if asked is None:
            return None
        if not self.position.covers(asked):
            # Another process may have been ahead of this one: the log's end tells.
            with suppress(FeedBehind):
                catch_up()
        with self._guard:
            if not (asked.covers(self._forgotten) and self.position.covers(asked)):
                return None
            return [
                (behind, record)
                for partition, offset, behind, record in self._memory
                if offset >= asked.offsets.get(partition, 0)
            ]

    def _remember(self, partition: int, offset: int, behind: str, record: EventRecord) -> None:
        if len(self._memory) == self._memory.maxlen:
            oldest_partition, oldest_offset, _, _ = self._memory[0]
            self._forgotten = self._forgotten.past([(oldest_partition, oldest_offset)])
        self._memory.append((partition, offset, behind, record))


class OutboxFeed:
    """The feed of the embedded form: reads the outbox, which `wake` says has something new.

    Whoever needs the news reads them in their own thread (`catch_up`); a thread of the feed's own does it
    for the others, and looks by itself once a second in case a wake-up was lost.
    """

    def __init__(self, database: Database, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._monotonic = monotonic
        self._delivery = Delivery()
        self._reading = threading.Lock()
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="outbox-feed", daemon=True)

    @property
    def position(self) -> str:
        return str(self._delivery.position)

    def subscribe(self, callback: Callback) -> None:
        self._delivery.subscribe(callback)

    def since(self, position: str) -> list[tuple[str, EventRecord]] | None:
        return self._delivery.since(position, self.catch_up)

    def wake(self) -> None:
        """Say that a transaction left messages; cheap, to be called after every commit that did."""
        self._news.set()

    def start(self) -> None:
        with self._database.read() as connection:
            self._delivery.begin(_place(end_of_log(connection)))
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._news.set()
        if self._thread.is_alive():
            self._thread.join()

    def catch_up(self, timeout: float = CATCH_UP_SECONDS) -> None:
        if not self._reading.acquire(timeout=timeout):
            raise FeedBehind(f"the change feed did not get on within {timeout:g} s")
        try:
            deadline = self._monotonic() + timeout
            while self._read_some():
                if self._monotonic() > deadline:
                    raise FeedBehind(f"the change feed did not reach the log's end within {timeout:g} s")
        finally:
            self._reading.release()

    def _follow(self) -> None:
        while not self._stopping.is_set():
            self._news.wait(POLL_SECONDS)
            self._news.clear()
            try:
                self.catch_up()
            except Exception:
                log.exception("the change feed tries again")
                self._stopping.wait(POLL_SECONDS)

    def _read_some(self) -> bool:
        """Deliver the next messages; whether there may be more. The caller holds `_reading`."""
        position = self._delivery.position
        with self._database.read() as connection:
            rows = read_after(connection, position.offsets.get(0, 1) - 1, MOST_AT_ONCE)
        if rows and not self._stopping.is_set():
            places = [(0, row.position, record) for row in rows if (record := _record(row)) is not None]
            self._delivery.deliver(places, _place(rows[-1].position))
        return len(rows) == MOST_AT_ONCE and not self._stopping.is_set()


def _place(last: int) -> Position:
    """Behind the message with this position in the outbox."""
    return Position({0: last + 1})


def _record(row: LogRow) -> EventRecord | None:
    if row.topic != EVENTS:
        return None
    try:
        return decode_message(row.key, row.headers, row.value)
    except DomainError:
        # The consumers put it aside or wait for the release that knows it.
        log.warning("the change feed leaves out message %d of the outbox", row.position)
        return None
