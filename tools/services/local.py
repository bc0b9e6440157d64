"""The three services together, with their state below one folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tools.services.elasticsearch import Elasticsearch
from tools.services.kafka import Kafka
from tools.services.postgres import Postgres
from tools.services.service import Service

ROOT = Path(__file__).parents[2]
STATE = ROOT / ".local" / "services"
JARS = ROOT / ".local" / "jars"


@dataclass(frozen=True, slots=True)
class LocalServices:
    """Kafka, Elasticsearch and PostgreSQL, not yet started."""

    kafka: Kafka
    elasticsearch: Elasticsearch
    postgres: Postgres

    @classmethod
    def under(cls, state: Path = STATE, *, quick: bool = False) -> Self:
        """Describe the services with their state in sub-folders of `state`; `quick` ones are for tests."""
        return cls(
            Kafka(state / "kafka", JARS, quick=quick),
            Elasticsearch(state / "elasticsearch", JARS, quick=quick),
            Postgres(state / "postgres", quick=quick),
        )

    def all(self) -> list[Service]:
        """Return the services."""
        return [self.kafka, self.elasticsearch, self.postgres]

    def environment(self) -> dict[str, str]:
        """Return the environment variables that point Jiebang at the services."""
        return {
            "JIEBANG_DATABASE_URL": self.postgres.url,
            "JIEBANG_KAFKA": self.kafka.url,
            "JIEBANG_ELASTICSEARCH": self.elasticsearch.url,
        }
