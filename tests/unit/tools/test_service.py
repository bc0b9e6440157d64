"""What every service promises, shown on a small one."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from tools.services.errors import ServiceFailed
from tools.services.ports import HOST, free_ports, is_listening
from tools.services.service import Service, start_all


class WebServer(Service):
    """Python's own web server over `directory`."""

    name = "web"

    def __init__(self, directory: Path, *options: str) -> None:
        super().__init__(directory, quick=True)
        (self.port,) = free_ports(1)
        self._options = options

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def _prepare(self) -> list[str]:
        (self.directory / "hello").write_text("hello")
        return [sys.executable, "-m", "http.server", "--bind", HOST, *self._options, str(self.port)]

    def _answers(self) -> bool:
        return is_listening(self.port)


def hello_from(service: Service) -> str:
    with urllib.request.urlopen(f"{service.url}/hello", timeout=5) as response:  # noqa: S310 - the server above
        return str(response.read().decode())


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, f"process {pid} lives on"


def test_it_serves_when_start_returns_and_comes_back_on_the_same_address(tmp_path: Path) -> None:
    service = WebServer(tmp_path)
    for end in (service.stop, service.kill):
        service.start()
        assert hello_from(service) == "hello"
        end()
        assert service.pid is None
        assert not is_listening(service.port)


def test_starting_twice_starts_one_process(tmp_path: Path) -> None:
    service = WebServer(tmp_path)
    service.start()
    first = service.pid
    service.start()
    assert service.pid == first
    service.stop()


def test_a_service_that_ends_while_it_starts_shows_its_log(tmp_path: Path) -> None:
    service = WebServer(tmp_path, "--no-such-option")
    with pytest.raises(ServiceFailed, match=r"web ended while it started(.|\n)*no-such-option"):
        service.start()


def test_when_one_of_several_fails_the_others_stop(tmp_path: Path) -> None:
    good, bad = WebServer(tmp_path / "good"), WebServer(tmp_path / "bad", "--no-such-option")
    with pytest.raises(ServiceFailed):
        start_all([good, bad])
    assert good.pid is None


def test_it_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    starter = (
        "from pathlib import Path\n"
        "from tests.unit.tools.test_service import WebServer\n"
        f"service = WebServer(Path({str(tmp_path)!r}))\n"
        "service.start()\n"
        "print(service.pid, flush=True)\n"
        "input()\n"
    )
    command = [sys.executable, "-c", starter]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        service_pid = int(process.stdout.readline())
        assert psutil.pid_exists(service_pid)
        os.kill(process.pid, signal.SIGKILL)
    wait_until_gone(service_pid)
