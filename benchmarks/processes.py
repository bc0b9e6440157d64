"""Jiebang's own processes, started as an operator starts them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from infra.settings import Settings
from tools.leash import leashed

JIEBANG = str(Path(sys.executable).with_name("jiebang"))
NO_LIMIT = "1000000/minute"
READY_SECONDS = 180.0
FOREIGN = ("JIEBANG_", "PYTHONDONTWRITEBYTECODE")
"""Not handed on: an installation keeps its compiled modules, so only its first start compiles them."""

POLL_SECONDS = 0.01


@contextmanager
def running(settings: Settings, *arguments: str) -> Iterator[None]:
    """A `jiebang` subcommand with these settings; it ends with the context, and with this process."""
    command = leashed([JIEBANG, *arguments])
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=_environment(settings)
    ) as process:
        try:
            yield
        finally:
            process.terminate()


def address(settings: Settings) -> str:
    """Where the process that serves HTTP with these settings is found."""
    return f"http://{settings.host}:{settings.port}"


def wait_until_ready(settings: Settings) -> None:
    """Return once `/readyz` says so; raises TimeoutError after three minutes."""
    deadline = time.monotonic() + READY_SECONDS
    while not _is_ready(f"{address(settings)}/readyz"):
        if time.monotonic() > deadline:
            raise TimeoutError("Jiebang did not get ready; what it says is above")
        time.sleep(POLL_SECONDS)


def _is_ready(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=2).status_code == httpx2.codes.OK
    except httpx2.TransportError:
        return False


def _environment(settings: Settings) -> dict[str, str]:
    services = {
        "JIEBANG_DATABASE_URL": settings.database_url and settings.database_url.get_secret_value(),
        "JIEBANG_KAFKA": settings.kafka,
        "JIEBANG_ELASTICSEARCH": settings.elasticsearch,
    }
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)},
        **{name: value for name, value in services.items() if value},
        "JIEBANG_HOME": str(settings.home),
        "JIEBANG_PORT": str(settings.port),
        "JIEBANG_RATE_LIMIT": NO_LIMIT,
    }
