"""Versions as ETags: who changes a thing says which version of it they read."""

import re
from typing import Annotated

from fastapi import Depends, Header

from api.problems import Refusal

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
    """The version in If-Match, None for `*`.

    Raises Refusal: 428 without the header, 412 for a tag that no version has.
    """
    if if_match is None or not if_match.strip():
        raise Refusal(428, "precondition_required")
    if if_match.strip() == "*":
        return None
    found = _ONE.match(if_match.strip())
    if found is None:
        raise Refusal(412, "unknown_etag")
    return int(found[1])


ExpectedVersion = Annotated[int | None, Depends(expected_version)]
