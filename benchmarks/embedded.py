"""The embedded form: how soon the best teams are told of a challenge, and the catalogue has it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.processes import running, wait_until_ready
from benchmarks.report import Figure
from benchmarks.told import measure, settle
from infra.settings import Settings
from jiebang.compose import catalogue, core
from jiebang.maintenance import prepare
from tools.services.ports import free_ports


def run() -> list[Figure]:
    """Rows of `jiebang run`, in a process of its own."""
    with TemporaryDirectory(prefix="jiebang-benchmark-") as folder:
        settings = Settings(home=Path(folder), port=free_ports(1)[0])
        prepare(settings)
        with core(settings) as of, catalogue(of) as index:
            site = settle(of, index)
            with running(settings, "run"):
                wait_until_ready(settings)
                latencies = measure(site)
    return latencies.figures("embedded", told_p50=60, told_p99=250, found_p99=1_000)
