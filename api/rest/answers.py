"""How routes answer: ready JSON with an ETag, and what their documentation says of refusals."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from api.changes import JSON
from api.etags import etag
from api.problems import MEDIA_TYPE

REASONS = {
    401: "Nobody is signed in, or the token is not valid",
    403: "You may see it, but somebody else has to do this",
    404: "It does not exist, or is not for you",
    409: "Its state does not allow this, or somebody else was first",
    412: "It has changed since you read it",
    422: "An input is not valid; `errors` names it",
    428: "If-Match is missing",
    503: "Try again in a few seconds",
}
ETAG = {"ETag": {"description": "The version, for If-Match", "schema": {"type": "string"}}}
LOCATION = {"Location": {"description": "Where the new thing is", "schema": {"type": "string"}}}

Documented = dict[int | str, dict[str, Any]]


def answered(body: BaseModel, version: int | None = None) -> Response:
    """A body that needs no further validation; `version` becomes the ETag."""
    headers = {"ETag": etag(version)} if version is not None else None
    return Response(body.model_dump_json(), headers=headers, media_type=JSON)


def refusals(*statuses: int) -> Documented:
    """What a route's documentation says of the problem documents that it answers with."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": REASONS[status], "content": content} for status in statuses}


def success(status: int, description: str, headers: Mapping[str, Any] = ETAG) -> Documented:
    """What it says of its success, with headers."""
    return {status: {"description": description, "headers": dict(headers)}}
