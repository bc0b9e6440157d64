"""A scaled installation of its own for each test, without Elasticsearch."""

from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr

from infra.database import Database
from infra.settings import Settings
from tools.services.kafka import Kafka


@pytest.fixture
def settings(kafka_service: Kafka, migrated_postgres_url: str, unique_name: Callable[[str], str]) -> Settings:
    """Settings with topics that nobody else uses."""
    return Settings(
        database_url=SecretStr(migrated_postgres_url),
        kafka=kafka_service.url,
        elasticsearch="http://not-used:9200",
        topic_prefix=unique_name("relay"),
        partitions=3,
    )


@pytest.fixture
def database(migrated_postgres_url: str) -> Iterator[Database]:
    """A fresh, migrated PostgreSQL database."""
    database = Database(migrated_postgres_url)
    yield database
    database.close()
