"""What every request passes: an id, limits of size and rate, and headers that keep browsers safe.

Plain ASGI, because Starlette's base class for middleware costs each request a task of its own.
"""

from collections.abc import Sequence
from uuid import uuid4

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Refusal, problem
from api.rates import Rates
from infra.settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
SESSION_COOKIE = "jiebang_session"
UNLIMITED = frozenset({"/healthz", "/readyz", "/metrics"})
LONGEST_PATH = 1_000
SAFE_HEADERS: Sequence[tuple[bytes, bytes]] = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), microphone=(), camera=(self)"),
    (b"cache-control", b"private, no-cache"),
)
"""Added where an answer does not say otherwise."""


class Marked:
    """Gives each request an id, and each answer the headers that keep browsers safe."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["request_id"] = request_id = uuid4().hex

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name for name, _ in message["headers"]}
                added = [pair for pair in SAFE_HEADERS if pair[0] not in said]
                added.append((b"x-request-id", request_id.encode()))
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self._app(scope, receive, answer)


class Shield:
    """What is refused here never reaches a route."""

    def __init__(self, app: ASGIApp, settings: Settings, rates: Rates) -> None:
        self._app = app
        self._hosts = settings.trusted_hosts
        self._most_bytes = settings.most_body_bytes
        self._most_upload_bytes = settings.most_upload_bytes
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            _refuse_unknown_host(request, self._hosts)
            _refuse_strange_path(request)
            _refuse_cross_site(request)
            if _is_counted(request.scope["path"]):
                self._rates.ask(address_of(request), token_of(request) or session_of(request))
            limited = _limited(receive, self._limit(request), request.headers)
        except Refusal as refusal:
            response = problem(
                request, refusal.status, refusal.code, refusal.details, headers=refusal.headers
            )
            await response(scope, receive, send)
            return
        await self._app(scope, limited, send)

    def _limit(self, request: Request) -> int:
        upload = request.headers.get("content-type", "").startswith("multipart/form-data")
        return self._most_upload_bytes if upload else self._most_bytes


def session_of(request: Request) -> str | None:
    """The secret in the session's cookie."""
    return request.cookies.get(SESSION_COOKIE)


def token_of(request: Request) -> str | None:
    """The secret in the Authorization header."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" and secret.strip() else None


def address_of(request: Request) -> str:
    """Where the request came from."""
    return request.client.host if request.client else "unknown"


def _is_counted(path: str) -> bool:
    return path not in UNLIMITED and not path.startswith("/static/")


def _refuse_cross_site(request: Request) -> None:
    """Raise Refusal (403) for an unsafe request with a cookie that another site's page sent.

    Browsers say where a request comes from in Sec-Fetch-Site; on plain http, where they do not, the Origin
    has to be this host. A program sends a token instead of a cookie.
    """
    if request.method in SAFE_METHODS or token_of(request) is not None:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise Refusal(403, "cross_site")
        return
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
        raise Refusal(403, "cross_site")


def _refuse_unknown_host(request: Request, known: Sequence[str]) -> None:
    """Raise Refusal (400) for a name that is not ours: links and redirects are made with it."""
    host = request.headers.get("host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    if not any(_is_named(name, pattern) for pattern in known):
        raise Refusal(400, "unknown_host", host=name[:80])


def _refuse_strange_path(request: Request) -> None:
    """Raise Refusal (404) for what no address of ours looks like, and no file system takes."""
    path: str = request.scope["path"]
    if len(path) > LONGEST_PATH or not path.isprintable():
        raise Refusal(404, "not_found")


def _is_named(name: str, pattern: str) -> bool:
    """Whether the name is the pattern, which may be `*` or begin with `*.`"""
    return pattern in ("*", name) or (pattern.startswith("*.") and name.endswith(pattern[1:]))


def _limited(receive: Receive, most: int, headers: Headers) -> Receive:
    """Count the body as it comes in; a sender may claim any length, or none."""
    claimed = headers.get("content-length", "0").lstrip("0")
    if claimed.isdecimal() and (len(claimed) > len(str(most)) or int(claimed) > most):
        raise Refusal(413, "too_large", most=most)
    read = 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise Refusal(413, "too_large", most=most)
        return message

    return limited
