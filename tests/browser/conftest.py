"""Real Chromium, and a site made of rendered pages and the static files, under the product's own CSP."""

import mimetypes
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route

from api.web import assets

ORIGIN = "http://jiebang.test"
CSP = "default-src 'self'; img-src 'self' data:"


class Site:
    """Answers every request of a page: from `answers` by path, from the static files, else 404.

    It keeps what the page complained about, refusals by the CSP included.
    """

    def __init__(self) -> None:
        self.answers: dict[str, str | Callable[[Route], None]] = {}
        self.complaints: list[str] = []
        self.asked: list[str] = []

    def attach(self, page: Page) -> None:
        page.route("**/*", self._answer)
        page.on("console", lambda message: self._complain(message.type, message.text))
        page.on("pageerror", lambda error: self._complain("error", str(error)))

    def _complain(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        self.asked.append(path)
        answer = self.answers.get(path)
        if callable(answer):
            answer(route)
        elif answer is not None:
            route.fulfill(
                body=answer,
                content_type="text/html; charset=utf-8",
                headers=_headers("text/html; charset=utf-8"),
            )
        elif path.startswith(f"{assets.STATIC_URL}/"):
            self._send_file(route, path.removeprefix(f"{assets.STATIC_URL}/"))
        else:
            route.fulfill(status=404, body="", headers=_headers("text/plain"))

    def _send_file(self, route: Route, path: str) -> None:
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        route.fulfill(body=(assets.STATIC_DIR / path).read_bytes(), headers=_headers(kind))


def _headers(content_type: str) -> dict[str, str]:
    return {"Content-Type": content_type, "Content-Security-Policy": CSP}


@pytest.fixture
def site() -> Site:
    """An empty site; a test gives it answers and attaches a page."""
    return Site()
