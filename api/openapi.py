"""The OpenAPI document: what FastAPI knows of the routes, and what all of them share."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from api.etags import PATTERN
from api.identity import caller_of, required_actor
from api.problems import MEDIA_TYPE, Problem

TITLE = "Jiebang 揭榜"
VERSION = "1"
DESCRIPTION = """
Factories post improvement challenges, student teams take them up, two mentors see the project through.

* Send a token: `Authorization: Bearer TOKEN`. Pages use the session's cookie.
* Lists are `{items, total, total_relation, next_cursor, facets}`: pass `next_cursor` as `cursor` to go on.
* Changing a thing takes the ETag that you read as `If-Match`: 428 without it, 412 once it has changed.
* `Idempotency-Key` makes a retry of a POST safe for 24 hours.
* Refusals are problem documents (RFC 9457) in Chinese or English by `Accept-Language`.
"""
SECURITY_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token made at POST /api/v1/tokens"},
    "session": {"type": "apiKey", "in": "cookie", "name": "jiebang_session"},
}
SIGNED_IN: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]
ANYBODY: list[dict[str, list[str]]] = [{}, *SIGNED_IN]
REFUSALS = {
    "400": "The request cannot be read",
    "401": "Nobody is signed in, or the token is not valid",
    "403": "Somebody else has to do this, or another site's page asked for it",
    "404": "It does not exist, or is not for you",
    "409": "Its state does not allow this, or somebody else was first",
    "412": "It has changed since you read it",
    "413": "The body is too large",
    "422": "An input is not valid; `errors` names it",
    "428": "If-Match is missing",
    "429": "Too many requests; `Retry-After` says when to go on",
    "503": "Try again in a few seconds",
}
CHANGING = frozenset({"post", "put", "patch", "delete"})
OPERATIONS = CHANGING | {"get"}


def operation_id(route: APIRoute) -> str:
    """A name that generated clients can use: `challenges_read`."""
    return f"{route.tags[0] if route.tags else 'other'}_{route.name}".replace(" ", "_")


def document_of(app: FastAPI, prefixed: Sequence[tuple[str, APIRouter]]) -> dict[str, Any]:
    """The document of the routes in `prefixed`, each router with the prefix under which it is served."""
    document = get_openapi(title=TITLE, version=VERSION, description=DESCRIPTION, routes=app.routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas.update(_schemas_of_problems())
    document["components"]["securitySchemes"] = SECURITY_SCHEMES
    routes = dict(_routes(prefixed))
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in OPERATIONS:
                _complete(operation, method, routes.get((path, method)))
    return document


def _schemas_of_problems() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}


def _routes(prefixed: Sequence[tuple[str, APIRouter]]) -> Iterator[tuple[tuple[str, str], APIRoute]]:
    for prefix, router in prefixed:
        for route in router.routes:
            if isinstance(route, APIRoute):
                for method in route.methods or ():
                    yield (f"{prefix}{route.path}", method.lower()), route


def _complete(operation: dict[str, Any], method: str, route: APIRoute | None) -> None:
    asked = set(_calls(route.dependant)) if route else set()
    identified = caller_of in asked
    if identified:
        operation["security"] = SIGNED_IN if required_actor in asked else ANYBODY
    conditional = False
    for parameter in operation.get("parameters", []):
        if parameter["name"].lower() == "if-match":
            parameter["required"] = conditional = True
            parameter["schema"] = {"type": "string", "pattern": PATTERN}
    responses = operation["responses"]
    for status in _refusals(operation, method, identified, conditional):
        known = responses.setdefault(status, {})
        if MEDIA_TYPE not in known.get("content", {}):
            responses[status] = _refusal(status)
    operation["responses"] = dict(sorted(responses.items()))


def _refusals(
    operation: Mapping[str, Any], method: str, identified: bool, conditional: bool
) -> Iterator[str]:
    yield from ("400", "422", "429", "503")
    if identified:
        yield from ("401", "403")
    if any(parameter["in"] == "path" for parameter in operation.get("parameters", [])):
        yield "404"
    if method in CHANGING:
        yield from ("403", "404", "409", "413")
    if conditional:
        yield from ("412", "428")


def _refusal(status: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": REFUSALS[status], "content": {MEDIA_TYPE: {"schema": schema}}}


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any] | None]:
    yield dependant.call
    for deeper in dependant.dependencies:
        yield from _calls(deeper)
