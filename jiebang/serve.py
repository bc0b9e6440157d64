"""Processes: what each subcommand that keeps running does until it is told to stop."""

import gc
import os
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Event

import typer
import uvicorn
from fastapi import FastAPI

from infra.settings import Settings
from jiebang.compose import api, embedded, relay, require_embedded
from jiebang.maintenance import Beginning, begin, is_vacant, prepare
from jiebang.metrics_server import PortTaken
from jiebang.one_process import only_one_in
from jiebang.welcome import welcome

GRACE_SECONDS = 5
SWITCH_SECONDS = 0.001
"""How long a busy thread keeps the interpreter from one that waits: a request does after each statement."""


def run_embedded(settings: Settings) -> None:
    """Migrate, fill an empty store with sample data where that is safe, say how to get in, and serve."""
    require_embedded(settings)
    with only_one_in(settings.home):
        prepare(settings)
        beginning = begin(settings)
        settings = settings.model_copy(update={"sample_data": beginning.samples is not None})
        serve(settings, embedded, lambda address: typer.echo(welcome(address, beginning)))


def serve(
    settings: Settings,
    compose: Callable[[Settings], AbstractContextManager[FastAPI]],
    ready: Callable[[str], None],
) -> None:
    """Serve the application that `compose` puts together; `ready` is told the address once it answers."""
    gc.disable()  # until it answers: what a start makes stays, and looking for garbage takes a third of it
    sys.setswitchinterval(SWITCH_SECONDS)
    with _listening(settings) as listener:
        port = listener.getsockname()[1]
        address = settings.public_url or f"http://{settings.host}:{port}"
        with compose(settings) as app:
            server = _Server(
                uvicorn.Config(
                    app,
                    log_level=os.environ.get("JIEBANG_LOG", "warning"),
                    access_log=False,
                    timeout_graceful_shutdown=GRACE_SECONDS,
                    server_header=False,
                ),
                ready=lambda: ready(address),
                stopping=app.state.services.hub.close,
            )
            server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """Says when it answers, and lets live pages go before it waits for requests to end."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None], stopping: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._stopping = stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # Nothing made so far ever becomes garbage, and looking at all of it makes a request wait.
        gc.collect()
        gc.freeze()
        gc.enable()
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping()
        await super().shutdown(sockets)


def _listening(settings: Settings) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        instead = "JIEBANG_PORT=8080 jiebang run"
        raise PortTaken(settings.port, settings.host, error.strerror, instead) from error
    return listener


def run_api(settings: Settings) -> None:
    """Serve one of the scaled form's API processes."""

    def ready(address: str) -> None:
        typer.echo(welcome(address, Beginning(vacant=is_vacant(settings))))

    serve(settings, api, ready)


def run_relay(settings: Settings, stop: Event) -> None:
    """Relay until `stop`, and run what is due."""
    with relay(settings) as running:
        running.run(stop)
