"""The API's documentation: the two documents, and the viewers that show them from our own files."""

from html import escape
from typing import Any

from fastapi import APIRouter
from starlette.responses import HTMLResponse, JSONResponse, Response

from api.asyncapi import asyncapi
from api.identity import ServicesOf
from api.shield import CONTENT_SECURITY_POLICY
from api.web.static_files import assets

router = APIRouter(include_in_schema=False)

OPENAPI_URL = "/api/v1/openapi.json"
ASYNCAPI_URL = "/api/v1/asyncapi.json"


@router.get(ASYNCAPI_URL)
def read_asyncapi(services: ServicesOf) -> Response:
    """The document of the events, with this installation's topics."""
    document: dict[str, Any] = asyncapi(services.settings.events_topic, services.settings.intake_topic)
    return JSONResponse(document)


@router.get("/docs")
def openapi_viewer() -> Response:
    """The REST API, to read and to try."""
    return _viewer("Jiebang API", "swagger-ui", OPENAPI_URL)


@router.get("/docs/events")
def asyncapi_viewer() -> Response:
    """The events, to read.

    The viewer compiles JSON Schemas at run time. This page alone lets it; nothing on it comes from people.
    """
    page = _viewer("Jiebang events", "asyncapi", ASYNCAPI_URL)
    page.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; script-src 'self' 'unsafe-eval'"
    return page


def _viewer(title: str, tool: str, document: str) -> Response:
    style, script = assets.url(f"vendor/{tool}.css"), assets.url(f"vendor/{tool}.js")
    begin = assets.url("js/docs.js")
    return HTMLResponse(
        f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="{escape(assets.url("img/favicon.svg"))}">
<link rel="stylesheet" href="{escape(style)}">
<script src="{escape(script)}" defer></script>
<script src="{escape(begin)}" defer></script>
</head>
<body>
<main id="viewer" data-tool="{escape(tool)}" data-document="{escape(document)}"></main>
</body>
</html>
"""
    )
