"""What the scaled form's own processes show to a monitoring system."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from infra.settings import Settings
from tests.faults.processes import free_port
from tests.integration.streams.kafka_log import Log, settings
from tests.waiting import wait_until

__all__ = ["settings"]


@pytest.fixture
def environment(settings: Settings, migrated_postgres_url: str, tmp_path: Path) -> dict[str, str]:
    """The settings of a process with figures on a free port."""
    return {
        "JIEBANG_DATABASE_URL": migrated_postgres_url,
        "JIEBANG_KAFKA": str(settings.kafka),
        "JIEBANG_ELASTICSEARCH": "http://not-used:9200",
        "JIEBANG_TOPIC_PREFIX": settings.topic_prefix,
        "JIEBANG_HOME": str(tmp_path),
        "JIEBANG_METRICS_PORT": str(free_port()),
    }


@contextmanager
def running(environment: Mapping[str, str], *words: str) -> Iterator[None]:
    """`jiebang` with these words; killed at the end."""
    with (Path(environment["JIEBANG_HOME"]) / "output.log").open("wb") as output:
        command = [sys.executable, "-m", "jiebang", *words]
        process = subprocess.Popen(command, env=dict(environment), stdout=output, stderr=output)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def figure(environment: Mapping[str, str], name: str, consumer: str | None = None) -> float | None:
    """The value that the process shows; None as long as it shows none."""
    try:
        shown = httpx2.get(f"http://127.0.0.1:{environment['JIEBANG_METRICS_PORT']}/metrics").text
    except httpx2.TransportError:
        return None
    labels = {} if consumer is None else {"consumer": consumer}
    samples = (sample for family in text_string_to_metric_families(shown) for sample in family.samples)
    return next((s.value for s in samples if s.name == name and s.labels == labels), None)


def test_a_worker_shows_that_a_consumer_is_paused(settings: Settings, environment: dict[str, str]) -> None:
    def paused(consumer: str) -> float | None:
        return figure(environment, "jiebang_stream_paused", consumer)

    with running(environment, "worker", "core"), Log(settings) as log:
        wait_until(lambda: paused("matcher") == 0, "a worker that shows its figures")
        later = [("ce_type", b"jiebang.challenge.opened.v99")]
        log.append_raw(settings.events_topic, b"{}", headers=later)
        wait_until(lambda: paused("matcher") == 1, "the pause to be seen")
        assert paused("intake") == 0, "what reads another topic goes on"
        lag = "jiebang_stream_lag_messages"
        wait_until(lambda: figure(environment, lag, "faust.core") == 1, "the lag to be seen")


def test_the_relay_shows_that_it_is_the_active_one(environment: dict[str, str]) -> None:
    with running(environment, "relay"):
        wait_until(lambda: figure(environment, "jiebang_relay_active") == 1, "the relay to show its figures")
        assert figure(environment, "jiebang_relay_failures_total") == 0
