"""The change feed of the scaled form: each process reads every partition of the events topic for itself."""

import asyncio
import logging
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import AsyncExitStack
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from domain.events import EventRecord
from infra.outbox import decode_message
from infra.settings import Settings
from streams.feed import CATCH_UP_SECONDS, MOST_AT_ONCE, Callback, Delivery, FeedBehind
from streams.kafka_messages import headers_of, text_of
from streams.positions import Position

log = logging.getLogger(__name__)

START_SECONDS = 60.0
CONNECT_SECONDS = 5.0
POLL_MS = 200
AGAIN_SECONDS = 0.5


class KafkaFeed:
    """A `ChangeFeed`. Its positions are the topic's offsets, so that any process can resume any follower.

    It belongs to no consumer group and commits nothing. A thread of its own runs the client's loop; the
    callbacks run one after another in other threads, so that a slow one does not stop the client.
    While Kafka is away it tries again, and goes on where it was.
    """

    def __init__(self, settings: Settings) -> None:
        self._bootstrap = settings.kafka
        self._topic = settings.events_topic
        self._delivery = Delivery()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="kafka-feed", daemon=True)
        self._started: Future[None] = Future()
        self._stopping = False
        self._lookup: Any = None
        self._moved = asyncio.Condition()

    @property
    def position(self) -> str:
        return str(self._delivery.position)

    def subscribe(self, callback: Callback) -> None:
        self._delivery.subscribe(callback)

    def since(self, position: str) -> list[tuple[str, EventRecord]] | None:
        return self._delivery.since(position, self.catch_up)

    def start(self) -> None:
        """See `ChangeFeed.start`. Raises FeedBehind where Kafka does not show the topic within a minute."""
        self._thread.start()
        try:
            self._started.result(START_SECONDS)
        except TimeoutError:
            self.stop()
            raise FeedBehind(
                f"Kafka at {self._bootstrap} does not show {self._topic}: start it, run `jiebang migrate`."
            ) from None

    def stop(self) -> None:
        self._stopping = True
        if self._thread.is_alive():
            self._thread.join()

    def catch_up(self, timeout: float = CATCH_UP_SECONDS) -> None:
        if self._stopping:
            raise FeedBehind("the change feed has stopped")
        reached = asyncio.run_coroutine_threadsafe(self._reach_the_end(), self._loop)
        try:
            reached.result(timeout)
        except TimeoutError:
            reached.cancel()
            raise FeedBehind(f"the change feed did not reach the log's end within {timeout:g} s") from None
        except (KafkaError, CancelledError) as error:
            raise FeedBehind(
                f"Kafka at {self._bootstrap} does not say where the log ends: {error!r}"
            ) from error

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._follow())

    async def _follow(self) -> None:
        while not self._stopping:
            try:
                await self._consume()
            except Exception as error:  # noqa: BLE001 - whatever it is, the feed has to go on
                self._lookup = None
                log.warning("the change feed connects to Kafka anew: %r", error)
                await asyncio.sleep(AGAIN_SECONDS)

    async def _consume(self) -> None:
        """Read from where the feed stands, at first from the log's end, until the stop or an error."""
        async with AsyncExitStack() as clients:
            lookup = await self._connect(clients)
            partitions = [
                TopicPartition(self._topic, partition)
                for partition in lookup.partitions_for_topic(self._topic) or ()
            ]
            # A broker answers a connection's requests in turn, so the look-ups share none with the fetches,
            # which wait for half a second where there is nothing to fetch.
            lookup.assign(partitions)
            lookup.pause(*partitions)
            consumer = await self._connect(clients)
            consumer.assign(partitions)
            if not self._started.done():
                self._delivery.begin(await _end(lookup))
                self._started.set_result(None)
            for partition in partitions:
                consumer.seek(partition, self._delivery.position.offsets.get(partition.partition, 0))
            await self._serve(lookup)
            while not self._stopping:
                await self._deliver(await consumer.getmany(timeout_ms=POLL_MS, max_records=MOST_AT_ONCE))

    async def _connect(self, clients: AsyncExitStack) -> Any:
        """A client that has learned the topic's partitions, as it does when it starts with one of them."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        first = TopicPartition(self._topic, 0)
        consumer.assign([first])
        consumer.pause(first)
        clients.push_async_callback(consumer.stop)
        await asyncio.wait_for(consumer.start(), CONNECT_SECONDS)
        return consumer

    async def _serve(self, lookup: Any) -> None:
        async with self._moved:
            self._lookup = lookup
            self._moved.notify_all()

    async def _deliver(self, fetched: Mapping[TopicPartition, Sequence[Any]]) -> None:
        messages = [message for some in fetched.values() for message in some]
        if not messages:
            return
        position = self._delivery.position.past((m.partition, m.offset) for m in messages)
        places = [(m.partition, m.offset, record) for m in messages if (record := _record(m)) is not None]
        await asyncio.to_thread(self._delivery.deliver, places, position)
        async with self._moved:
            self._moved.notify_all()

    async def _reach_the_end(self) -> None:
        async with self._moved:
            await self._moved.wait_for(lambda: self._lookup is not None)
        end = await _end(self._lookup)
        async with self._moved:
            await self._moved.wait_for(lambda: self._delivery.position.covers(end))


async def _end(consumer: Any) -> Position:
    ends = await consumer.end_offsets(consumer.assignment())
    return Position({partition.partition: offset for partition, offset in ends.items()})


def _record(message: Any) -> EventRecord | None:
    try:
        return decode_message(text_of(message.key), headers_of(message.headers), message.value)
    except Exception:  # noqa: BLE001 - whatever it is, no reading will ever succeed
        # The consumers put it aside or wait for the release that knows it.
        log.warning("the change feed leaves out %s/%d/%d", message.topic, message.partition, message.offset)
        return None
