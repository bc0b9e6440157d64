"""Kafka as tests look at it: what a topic holds, and a broker that stands still."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
from kafka import KafkaConsumer, TopicPartition

from tools.services.kafka import Kafka

DEADLINE_SECONDS = 60.0


def messages_of(bootstrap: str | None, topic: str) -> list[Any]:
    """Everything that the topic holds now, partition by partition."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    try:
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
        ends = consumer.end_offsets(partitions)
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        found: list[Any] = []
        deadline = time.monotonic() + DEADLINE_SECONDS
        while any(consumer.position(partition) < end for partition, end in ends.items()):
            assert time.monotonic() < deadline, f"{topic} cannot be read to its end"
            for records in consumer.poll(timeout_ms=100).values():
                found += records
        return sorted(found, key=lambda record: (record.partition, record.offset))
    finally:
        consumer.close()


@contextmanager
def frozen(service: Kafka) -> Iterator[None]:
    """Let the broker's processes stand still until the block ends."""
    assert service.pid is not None
    main = psutil.Process(service.pid)
    family = [main, *main.children(recursive=True)]
    for process in family:
        process.suspend()
    try:
        yield
    finally:
        for process in family:
            process.resume()
