"""Live hints: what changed, for whoever may know of it, fanned out to the pages that are open.

A hint is a type, an id and a version; whoever gets one fetches what it may see. The id of a hint is the
feed's position behind it, so that any API process can go on where another one stopped.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from domain.audience import Reach, Viewer
from domain.events import EventRecord

MOST_WAITING = 256
MOST_FOLLOWERS = 2_000


class TooManyFollowers(Exception):
    """This process serves as many live pages as it can."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What a live page is told: `type` is the aggregate's, `event` the fact's name.

    `position` is where to go on after it; "" where more hints of the same place follow.
    """

    position: str
    type: str
    id: str
    version: int
    event: str


class Replay(Protocol):
    """The feed's memory; see `streams.feed.ChangeFeed`."""

    @property
    def position(self) -> str: ...

    def since(self, position: str) -> list[tuple[str, EventRecord]] | None: ...


ReachOf = Callable[[Sequence[EventRecord]], Mapping[str, Reach]]
"""Who may know of each of these events, by event id; one query for all of them."""


@dataclass(eq=False, slots=True)
class _Follower:
    viewer: Viewer
    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[Hint | None] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    overrun: bool = False

    def offer(self, hints: Iterable[Hint]) -> None:
        """Runs in the follower's loop."""
        for hint in hints:
            if self.queue.full():
                self.overrun = True
                return
            self.queue.put_nowait(hint)

    def end(self) -> None:
        """Runs in the follower's loop."""
        if self.queue.full():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Hub:
    """Takes events from the feed's thread and gives hints to followers in their event loops."""

    def __init__(self, feed: Replay, reach_of: ReachOf) -> None:
        self._feed = feed
        self._reach_of = reach_of
        self._followers: set[_Follower] = set()
        self._lock = Lock()

    def publish(self, position: str, records: Sequence[EventRecord]) -> None:
        """The feed's callback; does nothing while nobody follows."""
        with self._lock:
            followers = list(self._followers)
        if not followers:
            return
        reach = self._reach_of(records)
        for follower in followers:
            hints = _hints(position, records, reach, follower.viewer)
            if hints:
                follower.loop.call_soon_threadsafe(follower.offer, hints)

    def close(self) -> None:
        """End all live pages; they come back to the next process."""
        with self._lock:
            followers = list(self._followers)
        for follower in followers:
            follower.loop.call_soon_threadsafe(follower.end)

    async def follow(self, viewer: Viewer, after: str | None) -> AsyncIterator[Hint | None]:
        """Hints from now on, or after the position `after`; None asks to fetch everything anew.

        Ends when the process stops. Raises TooManyFollowers.
        """
        follower = _Follower(viewer, asyncio.get_running_loop())
        with self._following(follower):
            missed = await asyncio.to_thread(self._missed, viewer, after)
            if missed is None:
                yield None
            else:
                for hint in missed:
                    yield hint
            async for waiting in _drain(follower):
                yield waiting

    def _missed(self, viewer: Viewer, after: str | None) -> list[Hint] | None:
        if after is None:
            return []
        remembered = self._feed.since(after)
        if remembered is None:
            return None
        reach = self._reach_of([record for _, record in remembered])
        return [
            _hint(position, record)
            for position, record in remembered
            if record.id in reach and reach[record.id].includes(viewer)
        ]

    @contextmanager
    def _following(self, follower: _Follower) -> Iterator[None]:
        with self._lock:
            if len(self._followers) >= MOST_FOLLOWERS:
                raise TooManyFollowers
            self._followers.add(follower)
        try:
            yield
        finally:
            with self._lock:
                self._followers.discard(follower)


async def _drain(follower: _Follower) -> AsyncIterator[Hint | None]:
    while True:
        hint = await follower.queue.get()
        if hint is None:
            return
        yield hint
        if follower.overrun and follower.queue.empty():
            follower.overrun = False
            yield None


def _hints(
    position: str, records: Sequence[EventRecord], reach: Mapping[str, Reach], viewer: Viewer
) -> list[Hint]:
    seen = [r for r in records if r.id in reach and reach[r.id].includes(viewer)]
    return [_hint(position if record is seen[-1] else "", record) for record in seen]


def _hint(position: str, record: EventRecord) -> Hint:
    _, aggregate, fact, _ = record.event.type.split(".")
    return Hint(position, aggregate, record.subject, record.sequence, fact)
