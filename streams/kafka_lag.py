"""How far a consumer group is behind, asked by a client that shares nothing with the group's members."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition


@dataclass(frozen=True, slots=True)
class Behind:
    """How many messages a group has not committed, and the sum of the offsets that it has."""

    waiting: int
    committed: int


class Lag:
    """Asks the brokers. Construct and use it in one event loop; it joins no group and fetches nothing."""

    def __init__(self, bootstrap: str | None, group: str, topics: Sequence[str]) -> None:
        self._bootstrap = bootstrap
        self._group = group
        self._topics = topics
        self._consumer: Any = None

    async def of(self, partitions: Collection[tuple[str, int]] = ()) -> Behind:
        """How far the group is on these partitions (topic, number); on all of its topics' without any.

        Raises KafkaError where Kafka does not answer.
        """
        consumer = self._consumer or await self._connected()
        asked = [TopicPartition(topic, number) for topic, number in partitions or self._all(consumer)]
        first = await consumer.beginning_offsets(asked)
        ends = await consumer.end_offsets(asked)
        reached = {at: max(first[at], await consumer.committed(at) or 0) for at in asked}
        return Behind(sum(ends[at] - reached[at] for at in asked), sum(reached.values()))

    async def close(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            await self._consumer.stop()
            self._consumer = None

    def _all(self, consumer: Any) -> list[tuple[str, int]]:
        return [(t, number) for t in self._topics for number in consumer.partitions_for_topic(t) or ()]

    async def _connected(self) -> Any:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, group_id=self._group, enable_auto_commit=False
        )
        firsts = [TopicPartition(topic, 0) for topic in self._topics]
        consumer.assign(firsts)
        # Only its look-ups are used.
        consumer.pause(*firsts)
        try:
            await consumer.start()
        except BaseException:
            await consumer.stop()
            raise
        self._consumer = consumer
        return consumer
