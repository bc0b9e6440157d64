"""Which methods an address takes; FastAPI names those of one route where several share the path."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.routing import APIRoute


class Allowed:
    """The methods of every route, by the prefix under which its router is served."""

    def __init__(self, prefixed: Sequence[tuple[str, APIRouter]]) -> None:
        self._routes = [
            (prefix, route)
            for prefix, router in prefixed
            for route in router.routes
            if isinstance(route, APIRoute)
        ]

    def methods(self, path: str) -> list[str]:
        """The methods that the path takes, sorted; empty where no route has it."""
        found = set[str]()
        for prefix, route in self._routes:
            if path.startswith(prefix) and route.path_regex.match(path.removeprefix(prefix)):
                found |= route.methods or set()
        return sorted(found)
