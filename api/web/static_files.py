"""The files under /static: kept by browsers for a year where the address names their content."""

import gzip
import mimetypes
from dataclasses import dataclass
from functools import lru_cache

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.web.assets import STATIC_DIR, STATIC_URL, Assets

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
COMPRESSED = frozenset({".css", ".js", ".svg", ".json", ".txt"})
KINDS = {".woff2": "font/woff2", ".js": "text/javascript", ".svg": "image/svg+xml"}

router = APIRouter(include_in_schema=False)
assets = Assets()


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent."""

    kind: str
    body: bytes
    compressed: bytes | None


@router.get(STATIC_URL + "/{path:path}")
def static_file(request: Request, path: str, v: str | None = None) -> Response:
    """A file of the pages; raises 404 where there is none."""
    found = _read(path)
    if found is None:
        raise HTTPException(404)
    headers = {
        "Cache-Control": FOR_EVER if assets.is_current(path, v) else ASK_AGAIN,
        "Vary": "Accept-Encoding",
    }
    if found.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.compressed, headers=headers, media_type=found.kind)
    return Response(found.body, headers=headers, media_type=found.kind)


@lru_cache(maxsize=256)
def _read(path: str) -> StaticFile | None:
    file = (STATIC_DIR / path).resolve()
    if not file.is_relative_to(STATIC_DIR.resolve()) or not file.is_file():
        return None
    body = file.read_bytes()
    kind = KINDS.get(file.suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    return StaticFile(kind, body, gzip.compress(body, 9) if file.suffix in COMPRESSED else None)
