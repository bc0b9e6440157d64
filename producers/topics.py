"""The topics of the log, made at the first start."""

import logging

from kafka import KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError

from domain.intake import MOST_BYTES
from infra.settings import Settings

log = logging.getLogger(__name__)

HEADERS_BYTES = 64 * 1024
"""Room for a message's key and headers beside its value."""
BOOTSTRAP_MS = 3_000
"""How long the first connection may take before the caller is told; it is the caller who tries again."""
_DAY_MS = 24 * 60 * 60 * 1000


def said_by_kafka(error: BaseException) -> str | None:
    """What Kafka's client says, in a line; None where the error is not one of its."""
    return str(error).partition("\n")[0] if isinstance(error, KafkaError) else None


def most_message_bytes(settings: Settings) -> int:
    """The largest message, with its key and headers, that the relay sends and the topics are made for."""
    return max(settings.most_body_bytes, MOST_BYTES) + HEADERS_BYTES


def ensure_topics(settings: Settings) -> None:
    """Make the topics that are missing, with `settings.partitions`; leave existing ones as they are.

    More partitions later would send an aggregate's next events elsewhere, out of order with its earlier
    ones. Replication is the cluster's default. Raises KafkaError where Kafka does not answer.
    """
    options = {
        "num_partitions": settings.partitions,
        "configs": {
            "retention.ms": str(settings.sent_retention_days * _DAY_MS),
            "max.message.bytes": str(most_message_bytes(settings)),
        },
    }
    admin = KafkaAdminClient(bootstrap_servers=settings.kafka, bootstrap_timeout_ms=BOOTSTRAP_MS)
    try:
        existing = set(admin.list_topics())
        for topic in (settings.events_topic, settings.intake_topic):
            if topic in existing:
                continue
            try:
                admin.create_topics({topic: options}, wait_for_metadata=True)
            except TopicAlreadyExistsError:
                continue
            log.info("Made topic %s with %d partitions.", topic, settings.partitions)
    finally:
        admin.close()
