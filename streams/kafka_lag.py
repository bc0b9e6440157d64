"""How far a consumer group is behind, asked by a client that shares nothing with the group's members."""

from collections.abc import Collection, Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition


class Lag:
    """Asks the brokers. Construct and use it in one event loop; it joins no group and fetches nothing."""

    def __init__(self, bootstrap: str | None, group: str) -> None:
        self._bootstrap = bootstrap
        self._group = group
        self._consumer: Any = None

    async def of(self, partitions: Collection[tuple[str, int]]) -> int:
        """How many messages of these partitions (topic, number) are not committed.

        Raises KafkaError where Kafka does not answer.
        """
        asked = [TopicPartition(topic, number) for topic, number in partitions]
        if not asked:
            return 0
        consumer = self._consumer or await self._connected(asked)
        first = await consumer.beginning_offsets(asked)
        ends = await consumer.end_offsets(asked)
        return sum([ends[at] - max(first[at], await consumer.committed(at) or 0) for at in asked])

    async def close(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            await self._consumer.stop()
            self._consumer = None

    async def _connected(self, partitions: Iterable[TopicPartition]) -> Any:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, group_id=self._group, enable_auto_commit=False
        )
        consumer.assign(partitions)
        # Only its look-ups are used.
        consumer.pause(*partitions)
        try:
            await consumer.start()
        except BaseException:
            await consumer.stop()
            raise
        self._consumer = consumer
        return consumer
