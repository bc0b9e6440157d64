"""The scaled form: the same through Kafka, a worker of each kind, PostgreSQL and Elasticsearch."""

from contextlib import ExitStack

from benchmarks.processes import running, wait_until_ready
from benchmarks.report import Figure
from benchmarks.services import scaled
from benchmarks.told import measure, settle
from jiebang.compose import catalogue, core
from jiebang.maintenance import prepare

PROCESSES = (("api",), ("relay",), ("worker", "core"), ("worker", "index"))


def run() -> list[Figure]:
    """Rows of one API process, one relay, one core worker and one index worker."""
    with scaled(elasticsearch=True) as settings:
        prepare(settings)
        with core(settings) as of, catalogue(of) as index, ExitStack() as processes:
            site = settle(of, index)
            for arguments in PROCESSES:
                processes.enter_context(running(settings, *arguments))
            wait_until_ready(settings)
            latencies = measure(site)
    return latencies.figures("scaled", told_p50=150, told_p99=600, found_p99=2_000)
