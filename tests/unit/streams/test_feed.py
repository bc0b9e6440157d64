"""Positions, and what a process remembers of the log."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from domain.events import EventRecord, TeamLocked
from streams.feed import Delivery, FeedBehind
from streams.positions import Position


def record(name: str) -> EventRecord:
    return EventRecord(name, TeamLocked(), "team", 1, "team", datetime(2026, 3, 2, tzinfo=UTC), name)


def place(partition: int, offset: int) -> tuple[int, int, EventRecord]:
    return partition, offset, record(f"{partition}:{offset}")


def names(found: list[tuple[str, EventRecord]] | None) -> list[str] | None:
    return None if found is None else [each.id for _, each in found]


def since(delivery: Delivery, position: str) -> list[tuple[str, EventRecord]] | None:
    """What a feed that has reached the log's end answers."""
    return delivery.since(position, lambda: None)


@pytest.fixture
def delivery() -> Delivery:
    """One that begins at offset 10 of partition 0 and 5 of partition 1, and remembers four records."""
    delivery = Delivery(remembered=4)
    delivery.begin(Position({0: 10, 1: 5}))
    return delivery


@pytest.mark.parametrize("text", ["", "0:1", "0:12,3:7,11:900"])
def test_a_position_reads_back(text: str) -> None:
    assert str(Position.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["x", "0", "0:", ":1", "0:-1", "0:1,", "0:1;1:2", "0:1e3", "0:" + "9" * 30, "٣:1"]
)
def test_what_is_no_position_is_none(text: str) -> None:
    assert Position.parse(text) is None


def test_a_position_covers_what_it_has_seen() -> None:
    position = Position({0: 10}).past([(0, 11), (2, 4), (0, 3)])
    assert position == Position({0: 12, 2: 5})
    assert position.covers(Position({0: 12}))
    assert not position.covers(Position({0: 12, 1: 1}))
    assert not position.covers(Position({2: 6}))


def test_every_follower_hears_everything_with_the_position_behind_it(delivery: Delivery) -> None:
    heard: list[tuple[str, str, list[str]]] = []
    for name in ("one", "other"):
        delivery.subscribe(
            lambda position, records, name=name: heard.append((name, position, [r.id for r in records]))  # type: ignore[misc]
        )
    delivery.deliver([place(0, 10), place(1, 5)], Position({0: 11, 1: 6}))
    delivery.deliver([], Position({0: 12, 1: 6}))
    assert heard == [("one", "0:11,1:6", ["0:10", "1:5"]), ("other", "0:11,1:6", ["0:10", "1:5"])]
    assert str(delivery.position) == "0:12,1:6"


def test_a_follower_that_fails_stops_nobody(delivery: Delivery, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[str] = []

    def fail(_: str, records: Sequence[EventRecord]) -> None:
        raise KeyError(records[0].id)

    delivery.subscribe(fail)
    delivery.subscribe(lambda position, _: heard.append(position))
    delivery.deliver([place(0, 10)], Position({0: 11, 1: 5}))
    assert heard == ["0:11,1:5"]
    assert "a follower of the change feed failed" in caplog.text


def test_a_client_resumes_after_each_record_that_it_saw(delivery: Delivery) -> None:
    delivery.deliver([place(0, 10), place(1, 5), place(0, 11)], Position({0: 12, 1: 6}))
    everything = since(delivery, "0:10,1:5")
    assert names(everything) == ["0:10", "1:5", "0:11"]
    assert everything is not None
    rest = [names(since(delivery, position)) for position, _ in everything]
    assert rest == [["1:5", "0:11"], ["0:11"], []]


def test_what_came_before_the_start_is_not_known(delivery: Delivery) -> None:
    assert since(delivery, "0:9,1:5") is None
    assert since(delivery, "0:10") is None
    assert since(delivery, "") is None
    assert since(delivery, "rubbish") is None
    assert since(delivery, "0:10,1:5") == []


def test_a_client_that_is_too_far_behind_starts_afresh(delivery: Delivery) -> None:
    for offset in range(10, 16):
        delivery.deliver([place(0, offset)], Position({0: offset + 1, 1: 5}))
    assert since(delivery, "0:11,1:5") is None
    assert names(since(delivery, "0:12,1:5")) == ["0:12", "0:13", "0:14", "0:15"]


def test_a_client_of_a_process_that_was_ahead_misses_nothing(delivery: Delivery) -> None:
    def catch_up() -> None:
        delivery.deliver([place(0, 10), place(0, 11)], Position({0: 12, 1: 5}))

    assert names(delivery.since("0:11,1:5", catch_up)) == ["0:11"]


def test_a_client_beyond_the_logs_end_starts_afresh(delivery: Delivery) -> None:
    assert since(delivery, "0:11,1:5") is None
    assert since(delivery, "0:10,1:5,2:1") is None


def test_a_client_ahead_of_a_feed_that_cannot_catch_up_starts_afresh(delivery: Delivery) -> None:
    def behind() -> None:
        raise FeedBehind

    assert delivery.since("0:11,1:5", behind) is None
