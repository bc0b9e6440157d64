"""Refusals as pages: whoever reads with a browser gets a page in their language, not a problem document.

The layer also lets the language chosen here stand in for the browser's, so that every layer below speaks it.
"""

import json
import logging
from collections.abc import Iterable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import MEDIA_TYPE, Refusal, problem
from api.shield import token_of
from api.web import templating
from api.web.shell import Shell
from api.web.templating import theme_of
from api.web.visit import (
    LANGUAGE_COOKIE,
    PRIVATE,
    THEME_COOKIE,
    came_from,
    language_of,
    path_of,
    shell_of,
    sign_in_path,
)

log = logging.getLogger(__name__)

KEPT_HEADERS = ("retry-after", "www-authenticate", "x-request-id")


class PageErrors:
    """Turns problem documents for pages into pages, and sends whoever has to sign in there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_for_a_page(scope):
            await self._app(scope, receive, send)
            return
        request = Request(_in_chosen_language(scope))
        held = _Held(send)
        try:
            await self._app(request.scope, receive, held)
        except Exception as error:
            if held.passed_on:
                raise
            log.error("%s %s failed", request.method, request.url.path, exc_info=error)
            held.document = json.loads(bytes(problem(request, 500, "internal").body))
        if held.document is not None:
            page = await run_in_threadpool(error_page, request, held.document, held.headers)
            await page(request.scope, receive, send)


class _Held:
    """Passes a response on, unless it is a problem document: that it keeps."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._body = b""
        self._holds = False
        self.passed_on = False
        self.document: dict[str, Any] | None = None
        self.headers = Headers()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.headers = Headers(raw=message["headers"])
            self._holds = self.headers.get("content-type", "").startswith(MEDIA_TYPE)
        if not self._holds:
            self.passed_on = True
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.document = json.loads(self._body)


def error_page(request: Request, document: dict[str, Any], headers: Headers) -> Response:
    """The page for a problem document; a redirect to the sign-in where that is the remedy.

    It is none for a token that is not valid: that comes along to the sign-in as well.
    """
    if document["status"] == 401 and token_of(request) is None:
        return RedirectResponse(sign_in_path(request), 303)
    sent = request.method != "GET"
    context = {
        "shell": _shell(request),
        "said": None,
        "me": None,
        "problem": document,
        "sent": sent,
        "back": came_from(request) if sent else path_of(request),
    }
    body = templating.render(
        "pages/error.html",
        context,
        locale=language_of(request),
        theme=theme_of(request.cookies.get(THEME_COOKIE)),
        now=request.app.state.services.clock.now(),
    )
    response = HTMLResponse(body, document["status"], {"Cache-Control": PRIVATE})
    _keep(headers, response.headers, KEPT_HEADERS)
    return response


def _shell(request: Request) -> Shell:
    """The frame with the reader's name; without it where nobody is signed in or not even that can be read."""
    try:
        return shell_of(request, "other")
    except Refusal:
        return Shell("other")
    except Exception:
        log.warning("an error page does not know its reader", exc_info=True)
        return Shell("other")


def _keep(source: Headers, target: MutableHeaders, names: Iterable[str]) -> None:
    for name in names:
        if name in source:
            target[name] = source[name]


def _is_for_a_page(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    asks_for_data = scope["path"].startswith("/api/") or "hx-request" in headers
    return not asks_for_data and "text/html" in headers.get("accept", "")


def _in_chosen_language(scope: Scope) -> Scope:
    chosen = Request(scope).cookies.get(LANGUAGE_COOKIE)
    if chosen is None:
        return scope
    headers = MutableHeaders(raw=list(scope["headers"]))
    headers["accept-language"] = language_of(Request(scope))
    return {**scope, "headers": headers.raw}
