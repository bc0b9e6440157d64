"""The hub without a network: slow followers, failures and ends."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime

import pytest

from api.hub import MOST_WAITING, Hint, Hub, News, Quiet, Reset
from domain.audience import ANYONE, Audience, Reach
from domain.events import ChallengeOpened, EventRecord

NOW = datetime(2026, 3, 2, tzinfo=UTC)


class Feed:
    """Remembers nothing."""

    position = "0:1"

    def since(self, position: str) -> list[tuple[str, EventRecord]] | None:
        return None


def records(count: int) -> list[EventRecord]:
    return [EventRecord(f"e{n}", ChallengeOpened("f"), f"c{n}", 3, f"c{n}", NOW, "x") for n in range(count)]


def everybody(of: Sequence[EventRecord]) -> Mapping[str, Reach]:
    return {record.id: Reach(Audience.PUBLIC) for record in of}


async def first(news: AsyncGenerator[News, None]) -> News:
    """The first news; by then the hub knows the follower."""
    return await anext(news)


async def test_a_batch_ends_with_its_position() -> None:
    hub = Hub(Feed(), everybody)
    async with aclosing(hub.follow(ANYONE, None, quiet=0.01)) as news:
        assert await first(news) == Quiet("0:1")
        hub.publish("0:3", records(2))
        told = [await anext(news), await anext(news)]
    assert told == [Hint("", "challenge", "c0", 3, "opened"), Hint("0:3", "challenge", "c1", 3, "opened")]


async def test_a_slow_follower_begins_anew() -> None:
    hub = Hub(Feed(), everybody)
    async with aclosing(hub.follow(ANYONE, None, quiet=0.01)) as news:
        await first(news)
        hub.publish("0:2", records(10))
        hub.publish("0:9", records(MOST_WAITING))
        await asyncio.sleep(0)
        assert await anext(news) == Reset("0:9")
        assert isinstance(await anext(news), Quiet)


async def test_a_failure_to_read_who_may_know_loses_nothing_silently() -> None:
    def broken(_: Sequence[EventRecord]) -> Mapping[str, Reach]:
        raise OSError("the database is away")

    hub = Hub(Feed(), broken)
    async with aclosing(hub.follow(ANYONE, None, quiet=0.01)) as news:
        await first(news)
        with pytest.raises(OSError, match="away"):
            hub.publish("0:5", records(1))
        assert await anext(news) == Reset("0:5")


async def test_nobody_is_asked_for_while_nobody_follows() -> None:
    def must_not(_: Sequence[EventRecord]) -> Mapping[str, Reach]:
        raise AssertionError("nobody follows")

    Hub(Feed(), must_not).publish("0:5", records(1))


async def test_a_hub_that_was_closed_ends_new_followers_at_once() -> None:
    hub = Hub(Feed(), everybody)
    hub.close()
    async with aclosing(hub.follow(ANYONE, None)) as news:
        assert [one async for one in news] == []
