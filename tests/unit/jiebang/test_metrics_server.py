"""The port on which a process without pages shows its figures."""

import socket
import threading
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.settings import Settings
from jiebang.cli import app
from jiebang.metrics_server import metrics_served
from streams.patience import Backoff, Patience, Stopped
from tests.fakes.stop import FakeStop
from tests.faults.processes import free_port

NO_SERVICES = {
    "JIEBANG_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none",
    "JIEBANG_KAFKA": "127.0.0.1:1",
    "JIEBANG_ELASTICSEARCH": "http://127.0.0.1:1",
}


def shown(port: int) -> list[str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as response:
        return str(response.read(), "utf-8").splitlines()


def test_a_consumer_that_is_paused_can_be_seen_and_nothing_once_it_is_over() -> None:
    port, stop = free_port(), FakeStop()
    consumer = Patience("of-the-test", stop, Backoff())
    with metrics_served(Settings(metrics_port=port)):
        assert 'jiebang_stream_paused{consumer="of-the-test"} 0.0' in shown(port)
        stop.while_waiting = stop.set
        with pytest.raises(Stopped):
            consumer.pause("an event of tomorrow")
        assert 'jiebang_stream_paused{consumer="of-the-test"} 1.0' in shown(port)
    with pytest.raises(OSError, match="refused"):
        shown(port)


def test_nothing_listens_unless_it_is_told_to() -> None:
    before = threading.enumerate()
    with metrics_served(Settings()):
        assert threading.enumerate() == before


@pytest.mark.parametrize("command", ["relay", "worker core", "worker index"])
def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = {"JIEBANG_HOME": str(tmp_path), "JIEBANG_METRICS_PORT": str(port), **NO_SERVICES}
        result = CliRunner().invoke(app, command.split(), env=environment)
    assert result.exit_code == 2
    assert result.output == (
        f"Port {port} on 127.0.0.1 cannot be used (Address already in use). Stop what listens there, or "
        "choose another: JIEBANG_METRICS_PORT=9108\n"
    )
