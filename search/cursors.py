"""Opaque cursors: the place of the last hit of a page in the order of one query.

A cursor grants nothing, because every page applies the audience filter anew, so it is validated but
not signed: a forged one can only name another place in a list that its holder may read.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass

from search.errors import InvalidCursor
from search.queries import CatalogueQuery
from search.text import clean

MAX_CURSOR = 400
MAX_VALUE = 2**62


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hit stands: the value sorted by, then its id."""

    value: float
    id: str


def encode(query: CatalogueQuery, place: Place) -> str:
    """The cursor for what follows `place` in the answer to `query`."""
    packed = json.dumps([_fingerprint(query), place.value, place.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def decode(query: CatalogueQuery) -> Place | None:
    """The place after which `query` goes on, None at its start. Raises InvalidCursor."""
    if query.cursor is None:
        return None
    match _unpacked(query.cursor):
        case [str() as fingerprint, int() | float() as value, str() as id] if (
            fingerprint == _fingerprint(query)
            and not isinstance(value, bool)
            and abs(value) < MAX_VALUE
            and clean(id) == id
        ):
            return Place(value, id)
        case _:
            raise InvalidCursor("cursor")


def _unpacked(cursor: str) -> object:
    if len(cursor) > MAX_CURSOR:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        return None


def _fingerprint(query: CatalogueQuery) -> str:
    """Names the query as far as it decides the order and the set of hits."""
    chosen = sorted((name, sorted(values)) for name, values in query.chosen.items())
    told = repr((query.text, chosen, query.reward_min, query.reward_max, query.sort))
    return hashlib.blake2s(told.encode("utf-8", "replace"), digest_size=6).hexdigest()
