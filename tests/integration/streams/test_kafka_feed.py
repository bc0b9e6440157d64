"""The change feed over real Kafka."""

import gc
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from domain.events import EventRecord
from infra.settings import Settings
from streams import kafka_feed
from streams.feed import FeedBehind
from streams.kafka_feed import KafkaFeed
from streams.positions import Position
from tests.broker import frozen
from tests.integration.streams.embedded import wait_until
from tests.integration.streams.kafka_log import Log, renamed, settings
from tools.services.kafka import Kafka

__all__ = ["settings"]

SUBJECTS = ("a", "b", "c", "d")


class Follower:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, list[EventRecord]]] = []

    def __call__(self, position: str, records: Sequence[EventRecord]) -> None:
        self.calls.append((position, list(records)))

    @property
    def ids(self) -> list[str]:
        return [record.id for _, records in self.calls for record in records]

    def sequences(self) -> dict[str, list[int]]:
        """The sequence numbers that each subject's events came with."""
        found: dict[str, list[int]] = {}
        for _, records in self.calls:
            for record in records:
                found.setdefault(record.subject, []).append(record.sequence)
        return found


@contextmanager
def following(settings: Settings) -> Iterator[tuple[KafkaFeed, Follower]]:
    """A feed that runs, with a follower."""
    feed, follower = KafkaFeed(settings), Follower()
    feed.subscribe(follower)
    feed.start()
    try:
        yield feed, follower
    finally:
        feed.stop()


@pytest.fixture
def log(settings: Settings) -> Iterator[Log]:
    with Log(settings) as log:
        yield log


def rounds(first: int, last: int) -> list[EventRecord]:
    """For each subject an event of every sequence number, `last` not included."""
    return [renamed(subject, sequence) for sequence in range(first, last) for subject in SUBJECTS]


def test_it_tells_what_comes_after_its_start_in_order(settings: Settings, log: Log) -> None:
    log.append(rounds(0, 10))

    with following(settings) as (feed, follower):
        assert not follower.calls
        log.append(rounds(10, 200))
        feed.catch_up()

        assert follower.sequences() == {subject: list(range(10, 200)) for subject in SUBJECTS}
        assert follower.calls[-1][0] == feed.position
        whole = Position.parse(feed.position)
        assert whole is not None
        assert sum(whole.offsets.values()) == 800


def test_an_empty_log_is_caught_up_with(settings: Settings) -> None:
    with following(settings) as (feed, follower):
        feed.catch_up()

        assert feed.position == "0:0,1:0,2:0"
        assert not follower.calls


def test_an_idle_log_is_caught_up_with_at_once(settings: Settings) -> None:
    with following(settings) as (feed, _follower):
        feed.catch_up()
        began = time.monotonic()
        for _ in range(10):
            feed.catch_up()

        assert time.monotonic() - began < 2, "no look-up waits behind a fetch"


def test_any_feed_goes_on_where_another_stopped(settings: Settings, log: Log) -> None:
    with following(settings) as (one, _), following(settings) as (other, _):
        log.append(rounds(0, 5))
        one.catch_up()
        position = one.position
        records = rounds(5, 9)
        log.append(records)
        other.catch_up()
        missed = other.since(position)

        assert missed is not None
        assert sorted(record.id for _, record in missed) == sorted(record.id for record in records)
        assert other.since(missed[-1][0]) == []
        beyond = missed[-1][0].replace("0:", "0:9", 1)
        assert other.since(beyond) is None, "the log ends before it"
        with following(settings) as (late, _):
            assert late.since(position) is None, "it does not know what happened before its start"
            assert late.since(late.position) == []


def test_messages_that_nobody_can_read_are_passed_over(settings: Settings, log: Log) -> None:
    type_of = ("ce_type", b"jiebang.organisation.renamed.v1")
    with following(settings) as (feed, follower):
        for value, key, headers in (
            (None, b"k", []),
            (b"not json", b"k", [type_of]),
            (b"{}", b"\xff\xfe", [("ce_type", b"\xff")]),
            (b"{}", b"k", [("ce_type", b"jiebang.organisation.renamed.v99")]),
            (b"[" * 100_000, b"k", [type_of]),
        ):
            log.append_raw(settings.events_topic, value, key, headers)
        record = renamed("a", 1)
        log.append([record])
        feed.catch_up()

        assert follower.ids == [record.id]


def test_a_follower_that_fails_stops_nobody(settings: Settings, log: Log) -> None:
    feed, after = KafkaFeed(settings), Follower()

    def fail(_: str, __: Sequence[EventRecord]) -> None:
        raise RuntimeError("this follower always fails")

    feed.subscribe(fail)
    feed.subscribe(after)
    feed.start()
    try:
        log.append(rounds(0, 2))
        feed.catch_up()
        log.append(rounds(2, 3))
        feed.catch_up()
    finally:
        feed.stop()

    assert after.sequences() == {subject: [0, 1, 2] for subject in SUBJECTS}


def test_a_slow_follower_is_waited_for_at_the_stop(settings: Settings, log: Log) -> None:
    feed, entered, go_on = KafkaFeed(settings), threading.Event(), threading.Event()
    left: list[bool] = []

    def linger(_: str, __: Sequence[EventRecord]) -> None:
        entered.set()
        go_on.wait(20)
        left.append(True)

    feed.subscribe(linger)
    feed.start()
    log.append([renamed("a", 1)])
    assert entered.wait(20)
    with pytest.raises(FeedBehind):
        feed.catch_up(timeout=0.2)
    threading.Timer(0.1, go_on.set).start()
    feed.stop()

    assert left == [True]


def test_a_frozen_broker_is_reported_and_then_caught_up_with(
    settings: Settings, log: Log, kafka_service: Kafka
) -> None:
    with following(settings) as (feed, follower):
        log.append(rounds(0, 1))
        with frozen(kafka_service), pytest.raises(FeedBehind):
            feed.catch_up(timeout=0.3)
        feed.catch_up(timeout=30)

        assert follower.sequences() == {subject: [0] for subject in SUBJECTS}


def test_a_broker_that_comes_back_is_followed_from_where_it_went(
    settings: Settings, kafka_service: Kafka
) -> None:
    with following(settings) as (feed, follower):
        with Log(settings) as log:
            log.append(rounds(0, 20))
        kafka_service.kill()
        with pytest.raises(FeedBehind):
            feed.catch_up(timeout=0.3)
        kafka_service.start()
        with Log(settings) as log:
            log.append(rounds(20, 40))
        wait_until(lambda: len(follower.ids) == 160, "all events")
        feed.catch_up(timeout=30)

        assert follower.sequences() == {subject: list(range(40)) for subject in SUBJECTS}
    gc.collect()


def test_without_its_topic_it_says_what_to_do(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_feed, "START_SECONDS", 1.0)
    monkeypatch.setattr(kafka_feed, "CONNECT_SECONDS", 0.5)
    feed = KafkaFeed(settings.model_copy(update={"topic_prefix": "there-is-none"}))

    with pytest.raises(FeedBehind, match="jiebang migrate"):
        feed.start()
    assert all(thread.name != "kafka-feed" for thread in threading.enumerate())
