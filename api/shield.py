"""What every request passes: an id, limits of size and rate, and headers that keep browsers safe.

Plain ASGI, because Starlette's base class for middleware costs each request a task of its own.
"""

import time
from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import uuid4

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Refusal, problem
from infra.settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SESSION_COOKIE = "jiebang_session"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "geolocation=(), microphone=(), camera=(self)",
}


class Shield:
    """The outermost layer: whatever is refused here never reaches a route."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._most_bytes = settings.most_body_bytes
        self._most_upload_bytes = settings.most_upload_bytes
        self._rates = Rates(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["request_id"] = uuid4().hex
        request = Request(scope)
        answer = _with_headers(send, scope["request_id"])
        try:
            _refuse_cross_site(request)
            self._rates.refuse_excess(request)
            limited = _limited(receive, self._limit(request), request.headers)
        except Refusal as refusal:
            response = problem(
                request, refusal.status, refusal.code, refusal.details, headers=refusal.headers
            )
            await response(scope, receive, answer)
            return
        await self._app(scope, limited, answer)

    def _limit(self, request: Request) -> int:
        upload = request.headers.get("content-type", "").startswith("multipart/form-data")
        return self._most_upload_bytes if upload else self._most_bytes


class Rates:
    """Requests a minute, by token, session or address; signing in is limited more strictly."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.time) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._any: RateLimitItem = parse(settings.rate_limit)
        self._sign_in: RateLimitItem = parse(settings.sign_in_limit)
        self._now = now

    def refuse_excess(self, request: Request) -> None:
        """Raise Refusal (429) where the sender has asked too often."""
        path = request.url.path
        if path.startswith("/static/") or path in ("/healthz", "/readyz", "/metrics"):
            return
        self._hit(self._any, "any", _sender(request))
        if path == "/sign-in" and request.method == "POST":
            self._hit(self._sign_in, "sign-in", _address(request))

    def _hit(self, limit: RateLimitItem, *key: str) -> None:
        if self._limiter.hit(limit, *key):
            return
        reset, _ = self._limiter.get_window_stats(limit, *key)
        seconds = max(1, round(reset - self._now()))
        raise Refusal(429, "too_many_requests", {"Retry-After": str(seconds)}, seconds=seconds)


def session_of(request: Request) -> str | None:
    """The secret in the session's cookie."""
    return request.cookies.get(SESSION_COOKIE)


def token_of(request: Request) -> str | None:
    """The secret in the Authorization header."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" and secret.strip() else None


def _sender(request: Request) -> str:
    return token_of(request) or session_of(request) or _address(request)


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


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
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Refusal(403, "cross_site")


def _limited(receive: Receive, most: int, headers: Headers) -> Receive:
    """Count the body as it comes in; a sender may claim any length, or none."""
    claimed = headers.get("content-length", "0")
    if claimed.isdigit() and int(claimed) > most:
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


def _with_headers(send: Send, request_id: str) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.append("x-request-id", request_id)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return answer
