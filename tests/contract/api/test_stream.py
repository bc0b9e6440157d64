"""Live hints: who gets which, and going on where another process stopped."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2
import pytest

from domain.organisations import Actor
from streams.feed import OutboxFeed
from tests.live_server import listening
from tests.market import bid_of, post_open
from tests.serving import Serving, actors_of


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the stream; `id` is the one that an EventSource would send back after it."""

    id: str
    kind: str
    data: dict[str, object]


@contextmanager
def following(
    serving: Serving, address: str, actor: Actor | None, after: str | None = None
) -> Iterator[Iterator[Event]]:
    """The events of a stream; returns once the server counts the follower."""
    headers = {"Authorization": f"Bearer {serving.tokens[actor.person_id]}"} if actor else {}
    if after is not None:
        headers["Last-Event-ID"] = after
    with httpx2.stream("GET", f"{address}/api/v1/stream", headers=headers, timeout=10) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield _events(response.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[Event]:
    last_id, kind, data = "", "", ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "id":
            last_id = value
        elif name == "event":
            kind = value
        elif name == "data":
            data = value
        elif not line and data:
            yield Event(last_id, kind, json.loads(data))
            kind, data = "", ""


def published(serving: Serving, after: str = "0:1") -> str:
    """Post a challenge and let the feed deliver it; the position before it where none is given."""
    serving.feed.catch_up()
    before = serving.feed.position
    post_open(serving.store, serving.market, serving.taxonomy)
    serving.feed.catch_up()
    return before


def test_everybody_hears_of_a_public_challenge(serving: Serving) -> None:
    place = published(serving)
    with listening(serving.app) as address, following(serving, address, None, place) as events:
        opened = next(event for event in events if event.data["event"] == "opened")
    assert opened.kind == "challenge"
    assert opened.data["version"] == 3
    serving.services.hub.close()


@pytest.mark.parametrize(
    ("who", "hears"),
    [
        ("captain", True),
        ("member", True),
        ("engineer", True),
        ("administrator", True),
        ("loner", False),
        ("other_engineer", False),
        ("partner_captain", False),
    ],
)
def test_a_bid_is_between_the_team_and_the_factory(serving: Serving, who: str, hears: bool) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    serving.feed.catch_up()
    place = serving.feed.position
    bid_of(serving.store, serving.market.captain, serving.market.team, challenge.id)
    post_open(serving.store, serving.market, serving.taxonomy)
    serving.feed.catch_up()
    actor = actors_of(serving.market)[who]
    with listening(serving.app) as address, following(serving, address, actor, place) as events:
        kinds = []
        for event in events:
            kinds.append((event.kind, event.data["event"]))
            if event.data["event"] == "opened":
                break
    assert (("bid", "submitted") in kinds) == hears


def test_what_happens_while_following_is_told(serving: Serving) -> None:
    serving.feed.catch_up()
    with (
        listening(serving.app) as address,
        following(serving, address, serving.market.captain, serving.feed.position) as events,
    ):
        published(serving)
        told = [next(events) for _ in range(1)]
        serving.services.hub.close()
        told += list(events)
    assert [event.data["event"] for event in told] == ["drafted", "submitted", "opened"]
    assert told[-1].id == serving.feed.position


def test_a_follower_goes_on_after_the_last_hint(serving: Serving) -> None:
    place = published(serving)
    with listening(serving.app) as address:
        with following(serving, address, None, place) as events:
            first = next(events)
        with following(serving, address, None, first.id) as events:
            second = next(events)
    assert (first.data["event"], second.data["event"]) == ("drafted", "submitted")


@pytest.mark.parametrize("place", ["0:0", "nonsense", "7:99999999999999999999", "0:99999999"])
def test_a_place_from_which_it_cannot_go_on_asks_to_begin_anew(serving: Serving, place: str) -> None:
    serving.feed.catch_up()
    serving.feed._delivery.begin(serving.feed._delivery.position)  # as a process that has just started
    published(serving)
    with listening(serving.app) as address, following(serving, address, None, place) as events:
        reset = next(events)
    assert reset.kind == "reset"
    assert reset.id == serving.feed.position


def test_a_follower_of_a_process_that_was_ahead_goes_on(serving: Serving) -> None:
    ahead = OutboxFeed(serving.services.database)
    serving.feed.catch_up()
    post_open(serving.store, serving.market, serving.taxonomy)
    ahead.catch_up()
    assert ahead.position != serving.feed.position
    with (
        listening(serving.app) as address,
        following(serving, address, None, ahead.position) as events,
    ):
        published(serving)
        assert next(events).data["event"] == "drafted"


def test_the_stream_ends_when_the_process_stops(serving: Serving) -> None:
    with listening(serving.app) as address, following(serving, address, None) as events:
        serving.services.hub.close()
        assert list(events) == []
