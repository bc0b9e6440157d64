"""A service that runs as one leashed child process: started, awaited, stopped, killed and started again."""

import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import psutil

from tools.leash import leashed
from tools.services.errors import ServiceFailed

READY_SECONDS = 90.0
STOP_SECONDS = 20.0
POLL_SECONDS = 0.05


class Service(ABC):
    """One service with its state under `directory`, on ports that stay the same for the object's life.

    `start` returns when clients are served. After `stop` or `kill`, `start` brings the service back on the
    same ports and data. A `quick` service suits tests, not measuring. The process ends with the process that
    started it. Safe to use from any thread, one call at a time.
    """

    name: ClassVar[str]

    def __init__(self, directory: Path, *, quick: bool) -> None:
        self.directory = directory.absolute()
        self._quick = quick
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """The address that clients connect to."""

    @abstractmethod
    def _prepare(self) -> list[str]:
        """Create what the service needs in `directory` and return its command.

        Raises MissingTool where the machine lacks a program.
        """

    @abstractmethod
    def _answers(self) -> bool:
        """Say whether the service serves clients; any failure to connect is False."""

    @property
    def log(self) -> Path:
        """The file with everything that the service wrote to its standard output and error."""
        return self.directory / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        """The process id of the running service, or None."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        """Start the service and wait until it answers; does nothing while it runs.

        Raises MissingTool, or ServiceFailed with the end of the log.
        """
        if self.pid is not None:
            return
        self._reap()
        self.directory.mkdir(parents=True, exist_ok=True)
        command = self._prepare()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                leashed(command),
                cwd=self.directory,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the starter only, which then stops the service
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Ask the service to end, wait for it, and kill it when it has not ended after 20 s."""
        if self.pid is not None and self._process is not None:
            self._ask_to_stop(psutil.Process(self._process.pid))
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the service with all its processes as kill -9 does, and wait until they are gone."""
        if self.pid is not None and self._process is not None:
            main = psutil.Process(self._process.pid)
            family = [main, *main.children(recursive=True)]
            for member in family:
                with suppress(psutil.NoSuchProcess):
                    member.kill()
            while any(map(_is_alive, family)):
                time.sleep(POLL_SECONDS)
        self._reap()

    def _ask_to_stop(self, process: psutil.Process) -> None:
        process.terminate()

    def _reap(self) -> None:
        if self._process is not None:
            self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()
            self._process = None

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            if self.pid is None:
                raise ServiceFailed(f"{self.name} ended while it started.\n{self._last_log_lines()}")
            if time.monotonic() > deadline:
                raise ServiceFailed(
                    f"{self.name} did not answer within {READY_SECONDS:.0f} s.\n{self._last_log_lines()}"
                )
            time.sleep(POLL_SECONDS)

    def _last_log_lines(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-15:]
        return "\n".join([f"The end of {self.log}:", *lines])


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def start_all(services: Sequence[Service]) -> None:
    """Start the services side by side; when one fails, stop the others and raise its error."""
    try:
        with ThreadPoolExecutor(len(services)) as pool:
            for started in [pool.submit(service.start) for service in services]:
                started.result()
    except BaseException:
        stop_all(services)
        raise


def stop_all(services: Sequence[Service]) -> None:
    """Stop the services side by side."""
    with ThreadPoolExecutor(len(services)) as pool:
        list(pool.map(lambda service: service.stop(), services))
