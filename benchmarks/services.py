"""Real services for the time of a measurement, and the settings of an installation on them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from infra.settings import Settings
from tools.services.local import LocalServices
from tools.services.ports import free_ports
from tools.services.service import Service, start_all, stop_all

UNUSED = "http://unused:9200"


@contextmanager
def scaled(*, elasticsearch: bool) -> Iterator[Settings]:
    """Kafka, PostgreSQL and, where it is used, Elasticsearch, with an empty database."""
    with TemporaryDirectory(prefix="jiebang-benchmark-") as name:
        folder = Path(name)
        services = LocalServices.under(folder)
        used: Sequence[Service] = services.all() if elasticsearch else [services.kafka, services.postgres]
        start_all(used)
        try:
            yield Settings(
                home=folder / "home",
                port=free_ports(1)[0],
                database_url=SecretStr(services.postgres.create_database("benchmark")),
                kafka=services.kafka.url,
                elasticsearch=services.elasticsearch.url if elasticsearch else UNUSED,
            )
        finally:
            stop_all(used)
