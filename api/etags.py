"""Versions as ETags: who changes a thing says which version of it they read."""

import re
from typing import Annotated

from fastapi import Depends, Header

from api.problems import Refusal

PATTERN = r'^(\*|(W/)?"[!#-~]{0,40}")$'
"""An entity tag as RFC 9110 writes it."""
NO_VERSION = -1
_ONE = re.compile(r'^(?:W/)?"(\d{1,9})"$')


def etag(version: int) -> str:
    """The ETag of an aggregate's version."""
    return f'"{version}"'


async def expected_version(
    if_match: Annotated[
        str | None,
        Header(
            max_length=50,
            description="The ETag of what you read, or * to change whatever there is.",
            examples=['"3"'],
        ),
    ] = None,
) -> int | None:
    """The version in If-Match, None for `*`; a tag that is not ours is of no version.

    Raises Refusal: 428 without the header, 422 for what is no tag.
    """
    if if_match is None or not if_match.strip():
        raise Refusal(428, "precondition_required")
    tag = if_match.strip()
    if re.match(PATTERN, tag) is None:
        raise Refusal(422, "unknown_etag")
    if tag == "*":
        return None
    found = _ONE.match(tag)
    return int(found[1]) if found else NO_VERSION


ExpectedVersion = Annotated[int | None, Depends(expected_version)]
