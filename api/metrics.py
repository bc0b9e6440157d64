"""What the API reports to a monitoring system: how many requests of which kind, and how long they took."""

import time

from prometheus_client import Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS = Histogram(
    "jiebang_http_request_seconds",
    "From a request's arrival to the first byte of its answer",
    ["method", "route", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
FOLLOWERS = Gauge("jiebang_live_pages", "Pages that follow the stream of hints")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "(none)"


class Measured:
    """Notes each request by its route's template, so that addresses do not make new series."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                method = scope["method"] if scope["method"] in METHODS else "OTHER"
                SECONDS.labels(method, _template(scope), message["status"]).observe(
                    time.perf_counter() - started
                )
            await send(message)

        await self._app(scope, receive, noting)


def _template(scope: Scope) -> str:
    """The route's path with its prefix, which FastAPI keeps beside a router that was included."""
    route = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    return str(getattr(route, "path", NO_ROUTE))
