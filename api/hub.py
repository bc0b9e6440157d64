"""Live hints: what changed, for whoever may know of it, fanned out to the pages that are open.

A hint is a type, an id and a version; whoever gets one fetches what it may see. The id of a hint is the
feed's position behind it, so that any API process can go on where another one stopped.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol, TypeAlias

from domain.audience import Reach, Viewer
from domain.events import EventRecord

MOST_WAITING = 256
MOST_FOLLOWERS = 2_000
QUIET_SECONDS = 15.0


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


@dataclass(frozen=True, slots=True)
class Reset:
    """Too much was missed: fetch everything anew, and go on after `position`."""

    position: str


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing has happened for a while; `position` is where to go on."""

    position: str


News: TypeAlias = Hint | Reset | Quiet


class Replay(Protocol):
    """The feed's memory; see `streams.feed.ChangeFeed`."""

    @property
    def position(self) -> str: ...

    def since(self, position: str) -> list[tuple[str, EventRecord]] | None: ...


ReachOf = Callable[[Sequence[EventRecord]], Mapping[str, Reach]]
"""Who may know of each of these events, by event id; a few queries for all of them."""


@dataclass(eq=False, slots=True)
class _Follower:
    viewer: Viewer
    loop: asyncio.AbstractEventLoop
    waiting: asyncio.Queue[Hint | Reset | None] = field(default_factory=asyncio.Queue)

    def offer(self, news: Sequence[Hint | Reset], position: str) -> None:
        """Runs in the follower's loop; one that is too slow for what happens starts afresh."""
        if self.waiting.qsize() + len(news) > MOST_WAITING:
            while not self.waiting.empty():
                self.waiting.get_nowait()
            news = [Reset(position)]
        for one in news:
            self.waiting.put_nowait(one)

    def end(self) -> None:
        """Runs in the follower's loop."""
        self.waiting.put_nowait(None)


class Hub:
    """Takes events from the feed's thread and gives hints to followers in their event loops."""

    def __init__(self, feed: Replay, reach_of: ReachOf) -> None:
        self._feed = feed
        self._reach_of = reach_of
        self._followers: set[_Follower] = set()
        self._lock = Lock()
        self._closed = False

    @property
    def position(self) -> str:
        """The place in the log up to which everything was published."""
        return self._feed.position

    @property
    def has_room(self) -> bool:
        """Whether one more page can follow."""
        return len(self._followers) < MOST_FOLLOWERS

    def publish(self, position: str, records: Sequence[EventRecord]) -> None:
        """The feed's callback; does nothing while nobody follows.

        Raises what reading the rows raises; the followers then fetch everything anew.
        """
        followers = self._everybody()
        if not followers:
            return
        try:
            reach = self._reach_of(records)
        except Exception:
            self._tell(followers, lambda _: [Reset(position)], position)
            raise
        self._tell(followers, lambda viewer: _hints(position, records, reach, viewer), position)

    def close(self) -> None:
        """End all live pages, now and later; they come back to another process."""
        self._closed = True
        for follower in self._everybody():
            follower.loop.call_soon_threadsafe(follower.end)

    async def follow(
        self, viewer: Viewer, after: str | None, quiet: float = QUIET_SECONDS
    ) -> AsyncGenerator[News, None]:
        """News from now on, or after the position `after`; every `quiet` seconds without any, a Quiet.

        Ends when the process stops. Raises TooManyFollowers, and what reading the rows raises.
        """
        follower = _Follower(viewer, asyncio.get_running_loop())
        with self._following(follower):
            position = self._feed.position
            missed = await asyncio.to_thread(self._missed, viewer, after)
            for one in [Reset(position)] if missed is None else missed:
                yield one
            while True:
                try:
                    async with asyncio.timeout(quiet):
                        next_one = await follower.waiting.get()
                except TimeoutError:
                    yield Quiet(self._feed.position)
                    continue
                if next_one is None:
                    return
                yield next_one

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

    def _everybody(self) -> list[_Follower]:
        with self._lock:
            return list(self._followers)

    def _tell(
        self,
        followers: Sequence[_Follower],
        news_for: Callable[[Viewer], Sequence[Hint | Reset]],
        position: str,
    ) -> None:
        for follower in followers:
            news = news_for(follower.viewer)
            if news and not follower.loop.is_closed():
                follower.loop.call_soon_threadsafe(follower.offer, news, position)

    @contextmanager
    def _following(self, follower: _Follower) -> Iterator[None]:
        with self._lock:
            if len(self._followers) >= MOST_FOLLOWERS:
                raise TooManyFollowers
            self._followers.add(follower)
        if self._closed:
            follower.end()
        try:
            yield
        finally:
            with self._lock:
                self._followers.discard(follower)


def _hints(
    position: str, records: Sequence[EventRecord], reach: Mapping[str, Reach], viewer: Viewer
) -> list[Hint]:
    seen = [r for r in records if r.id in reach and reach[r.id].includes(viewer)]
    return [_hint(position if record is seen[-1] else "", record) for record in seen]


def _hint(position: str, record: EventRecord) -> Hint:
    _, aggregate, fact, _ = record.event.type.split(".")
    return Hint(position, aggregate, record.subject, record.sequence, fact)
