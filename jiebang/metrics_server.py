"""Figures of the processes that serve no pages: the relay and the workers."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import start_http_server

from infra.settings import Settings


class PortTaken(Exception):
    """Somebody else listens there; the message says what to do."""

    def __init__(self, port: int, host: str, reason: str | None, instead: str) -> None:
        super().__init__(
            f"Port {port} on {host} cannot be used ({reason}). Stop what listens there, or choose another: "
            f"{instead}"
        )


@contextmanager
def metrics_served(settings: Settings) -> Iterator[None]:
    """Serve `/metrics` on JIEBANG_METRICS_PORT of the host, where it is set. Raises PortTaken."""
    port, host = settings.metrics_port, settings.host
    if port is None:
        yield
        return
    try:
        server, thread = start_http_server(port, host)
    except OSError as error:
        raise PortTaken(port, host, error.strerror, "JIEBANG_METRICS_PORT=9108") from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
