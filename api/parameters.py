"""Query parameters that no route has asked for are refused: a misspelt filter must not widen an answer."""

from collections.abc import Iterator
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.problems import Refusal

MOST_PARAMETERS = 100


async def known_parameters(request: Request) -> None:
    """Raise Refusal (422) where the query string has a parameter that the route does not know."""
    query: bytes = request.scope["query_string"]
    route = request.scope.get("route")
    if not query or not isinstance(route, APIRoute):
        return
    known = frozenset(_of(route.dependant))
    try:
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise Refusal(422, "too_many_parameters", most=MOST_PARAMETERS) from None
    for name, _ in pairs:
        if name not in known:
            shown = ", ".join(sorted(known)) or "–"
            raise Refusal(422, "unknown_parameter", parameter=name[:80], known=shown)


def _of(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        yield field.alias
    for deeper in dependant.dependencies:
        yield from _of(deeper)
