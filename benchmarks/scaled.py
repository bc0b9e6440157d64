"""The scaled form: the same through Kafka, a worker of each kind, PostgreSQL and Elasticsearch."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from benchmarks.processes import running, wait_until_ready
from benchmarks.report import Figure
from benchmarks.told import measure, settle
from infra.settings import Settings
from jiebang.compose import catalogue, core
from jiebang.maintenance import prepare
from tools.services.local import LocalServices
from tools.services.ports import free_ports
from tools.services.service import start_all, stop_all

PROCESSES = (("api",), ("relay",), ("worker", "core"), ("worker", "index"))


def run() -> list[Figure]:
    """Rows of one API process, one relay, one core worker and one index worker."""
    with TemporaryDirectory(prefix="jiebang-benchmark-") as name:
        folder = Path(name)
        with _services(folder) as services:
            settings = Settings(
                home=folder / "home",
                port=free_ports(1)[0],
                database_url=SecretStr(services.postgres.create_database("scaled")),
                kafka=services.kafka.url,
                elasticsearch=services.elasticsearch.url,
            )
            prepare(settings)
            with core(settings) as of, catalogue(of) as index, ExitStack() as processes:
                site = settle(of, index)
                for arguments in PROCESSES:
                    processes.enter_context(running(settings, *arguments))
                wait_until_ready(settings)
                latencies = measure(site)
    return latencies.figures("scaled", told_p50=150, told_p99=600, found_p99=2_000)


@contextmanager
def _services(folder: Path) -> Iterator[LocalServices]:
    services = LocalServices.under(folder)
    start_all(services.all())
    try:
        yield services
    finally:
        stop_all(services.all())
