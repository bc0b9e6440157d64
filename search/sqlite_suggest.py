"""Suggestions from the catalogue's tables, for a typed prefix."""

import json

from domain.audience import Viewer
from search.audience import listing_filter
from search.queries import Suggestion, SuggestionKind
from search.sqlite_query import audience_clause, visible_clause
from search.sqlite_reader import LAST, SqliteReader
from search.text import typed

LABELS = "SELECT code, max(zh), max(en) FROM {label} WHERE key >= ? AND key < ? GROUP BY code"
SKILL_COUNTS = """
SELECT s.code, count(*) FROM {{skill}} AS s WHERE s.code IN (SELECT value FROM json_each(?)) AND {filters}
GROUP BY s.code ORDER BY count(*) DESC, s.code LIMIT ?"""


def suggest(reader: SqliteReader, prefix: str, viewer: Viewer, limit: int) -> list[Suggestion]:
    """Skills first, at most half of `limit`, then challenges with the words in their titles."""
    skills = _skills(reader, typed(prefix), viewer, (limit + 1) // 2)
    return skills + _challenges(reader, prefix, viewer, limit - len(skills))


def _skills(reader: SqliteReader, prefix: str, viewer: Viewer, limit: int) -> list[Suggestion]:
    if not prefix:
        return []
    names = {code: (zh, en) for code, zh, en in reader.rows(LABELS, (prefix, prefix + LAST))}
    allowed = audience_clause(listing_filter(viewer), table="s")
    counts = reader.rows(
        SKILL_COUNTS.format(filters=allowed.sql), (json.dumps(list(names)), *allowed.parameters, limit)
    )
    return [Suggestion(SuggestionKind.SKILL, code, *names[code], count) for code, count in counts]


def _challenges(reader: SqliteReader, prefix: str, viewer: Viewer, limit: int) -> list[Suggestion]:
    words = reader.words(prefix)
    if not words.phrases:
        return []
    found = reader.suggested(words.within("title"), visible_clause(viewer), limit)
    return [Suggestion(SuggestionKind.CHALLENGE, id, title, title, 1) for id, title in found]
