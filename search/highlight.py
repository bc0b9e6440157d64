"""Turns a backend's marked text into safe HTML; the backends mark with control characters."""

import html
from itertools import chain

from search.text import GAP

MARK_START = "\x02"
MARK_END = "\x03"
SNIPPET_CHARACTERS = 160
LEAD_CHARACTERS = 30

_TAGS = {ord(MARK_START): "<mark>", ord(MARK_END): "</mark>"}


def transfer(marked: str, original: str) -> str:
    """`original` with the marks of `marked`, the same text but folded and with gaps."""
    characters = iter(original)
    return "".join(
        chain(
            (m if m in (MARK_START, MARK_END) else next(characters, "") for m in marked if m != GAP),
            characters,
        )
    )


def to_html(marked: str) -> str:
    """`marked` escaped, with `<mark>` where the backend marked; neighbouring marks become one."""
    joined = marked.replace(MARK_END + MARK_START, "")
    return html.escape(joined).translate(_TAGS)


def excerpt(marked: str) -> str:
    """The part of `marked` around its first mark, about 160 characters, whole marks only."""
    marked = " ".join(marked.replace(MARK_END + MARK_START, "").split())
    first = marked.find(MARK_START)
    begin = 0 if first <= LEAD_CHARACTERS else first - LEAD_CHARACTERS
    if begin:
        begin = _word_start(marked, begin, first)
    end = min(len(marked), begin + SNIPPET_CHARACTERS)
    part = marked[begin:end]
    if part.count(MARK_START) > part.count(MARK_END):
        part += MARK_END
    return ("…" if begin else "") + part + ("…" if end < len(marked) else "")


def _word_start(text: str, begin: int, limit: int) -> int:
    """The start of a Latin word at or after `begin` where there is one before `limit`, else `begin`."""
    if text[begin].isascii() and text[begin].isalnum():
        space = text.find(" ", begin, limit)
        return begin if space < 0 else space + 1
    return begin
