"""Cursors of lists that the database answers: the id of a page's last thing, no secret to its reader."""

from collections.abc import Sequence

from api.problems import Refusal

_PREFIX = "after-"


def cursor_after(ids: Sequence[str | int], limit: int) -> str | None:
    """The cursor for what follows a page of these ids; None after one that is not full."""
    return f"{_PREFIX}{ids[-1]}" if len(ids) == limit else None


def text_of(cursor: str | None) -> str | None:
    """The id in a cursor, None without one. Raises Refusal (422) for what no list has given out."""
    if cursor is None:
        return None
    if not cursor.startswith(_PREFIX):
        raise Refusal(422, "invalid_cursor")
    return cursor.removeprefix(_PREFIX)


def number_of(cursor: str | None) -> int | None:
    """The same where ids are numbers."""
    text = text_of(cursor)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise Refusal(422, "invalid_cursor")
    return int(text)
