"""Ids in the addresses of pages: what cannot be one names nothing."""

import re
from typing import Annotated

from pydantic import AfterValidator

from domain.errors import NotFound

_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _plausible(typed: str) -> str:
    if not _ID.fullmatch(typed):
        raise NotFound(kind="page", id=typed)
    return typed


Id = Annotated[str, AfterValidator(_plausible)]
"""An id; anything else raises NotFound, because somebody mistyped an address."""
