"""Searches the catalogue's tables.

The newest 2,000 matches are read once, with what ranks, counts and sorts them; the rest happens here.
Up to that many matches everything is exact, and a broad word costs no more than a rare one.

Relevance is where the words stand, and within that the time of posting. FTS5's bm25() would count every
match of every word for each query, which takes longer than all the rest; and each new document would
change all its scores, so that a cursor would lose its place.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from heapq import nsmallest
from itertools import chain
from operator import neg
from typing import Any

from sqlalchemy import Connection

from search import cursors
from search.highlight import MARK_END, MARK_START, excerpt, to_html, transfer
from search.queries import (
    MAX_FACET_VALUES,
    CatalogueQuery,
    Facet,
    FacetName,
    SearchHit,
    SearchPage,
    Sort,
    reward_facets,
)
from search.sqlite_query import Clause, Words, asked_words, filter_clause
from search.sqlite_schema import Generation
from search.text import runs

MAX_MATCHES = 2_000
MAX_COMPLETIONS = 20
LAST = "\U0010ffff"
"""Sorts after every text that begins with a prefix, when appended to the prefix."""

WITH_WORDS = """
SELECT {columns} FROM {{words}} CROSS JOIN {{entry}} AS e ON e.row = {{words}}.rowid
WHERE {{words}} MATCH ? AND {filters} ORDER BY {{words}}.rowid DESC LIMIT ?"""
WITHOUT_WORDS = "SELECT {columns} FROM {{entry}} AS e WHERE {filters} ORDER BY e.row DESC LIMIT ?"
# One scan of the page's range: a statement for each row would evaluate the words anew each time.
MARKED = """
SELECT rowid, shown_title, shown_summary, highlight({words}, 0, ?, ?), highlight({words}, 3, ?, ?)
FROM {words} WHERE {words} MATCH ? AND rowid BETWEEN ? AND ? AND +rowid IN (SELECT value FROM json_each(?))"""
UNMARKED = """
SELECT rowid, shown_title, shown_summary FROM {words} WHERE rowid IN (SELECT value FROM json_each(?))"""
VERSIONS = "SELECT id, doc_version FROM {entry} WHERE id IN (SELECT value FROM json_each(?))"
COMPLETIONS = "SELECT word FROM {word} WHERE word >= ? AND word < ? LIMIT ?"

LEVEL = "SELECT rowid FROM {words} WHERE {words} MATCH ? AND rowid BETWEEN ? AND ?"

LEVEL_MS = 10**14
"""One level of relevance outweighs any time of posting, in milliseconds."""

# What sorts first is highest.
SORT_COLUMNS = {
    Sort.RELEVANCE: "e.posted_ms",
    Sort.NEWEST: "e.posted_ms",
    Sort.REWARD: "e.reward_cny",
    Sort.DEADLINE: "-e.deadline_ms",
}
FACET_COLUMNS = {
    FacetName.STATE: "e.state",
    FacetName.FACTORY: "e.owner_id",
    FacetName.SKILL: "e.skills",
    FacetName.INDUSTRY: "e.industry",
    FacetName.REWARD: "e.reward_cny",
}


Place = tuple[float, str, int, int]
"""A match in the order of a query: what it is sorted by, descending; its id, row and doc_version.

A plain tuple of plain values, as rows are: the garbage collector need not follow thousands of them.
"""


class SqliteReader:
    """Answers from one generation, as `connection` sees it."""

    def __init__(self, connection: Connection, generation: Generation) -> None:
        self._connection = connection
        self._generation = generation

    def words(self, text: str) -> Words:
        """What `text` asks for."""
        return asked_words(runs(text), self._completions)

    def search(self, query: CatalogueQuery) -> SearchPage:
        """The page of `query`, with total and facets over the newest 2,000 matches."""
        after = cursors.decode(query)
        words = self.words(query.text)
        columns = (SORT_COLUMNS[query.sort], "e.id", "e.row", "e.doc_version", *FACET_COLUMNS.values())
        found = self._newest(words.chosen(query), columns, filter_clause(query), MAX_MATCHES + 1)
        values, ids, rows, versions, *facet_columns = _columns(found[:MAX_MATCHES], len(columns))
        if query.sort is Sort.RELEVANCE and words.phrases and rows:
            levels = self._levels(words.chosen(query), rows)
            values = [levels[row] * LEVEL_MS + posted for row, posted in zip(rows, values, strict=True)]
        places = list(zip(map(neg, values), ids, rows, versions, strict=True))
        page, cursor = _page(query, places, after)
        return SearchPage(
            hits=tuple(self._hits(words, page, scored=query.sort is Sort.RELEVANCE)),
            total=len(places),
            total_relation="gte" if len(found) > MAX_MATCHES else "eq",
            next_cursor=cursor,
            facets=self._facets(query, words, dict(zip(FACET_COLUMNS, facet_columns, strict=True))),
        )

    def suggested(self, words: Words, clause: Clause, limit: int) -> Sequence[Any]:
        """Id and title of the newest `limit` matches that satisfy `clause`."""
        return self._newest(words, ("e.id", "{words}.shown_title"), clause, limit)

    def versions(self, ids: Sequence[str]) -> dict[str, int]:
        """The versions of those of `ids` that are known, tombstones included."""
        return dict(self.rows(VERSIONS, (json.dumps(list(ids)),)))

    def rows(self, template: str, parameters: tuple[object, ...]) -> Sequence[tuple[Any, ...]]:
        """The rows of a query over this generation's tables, as the driver gives them."""
        with closing(self._connection.exec_driver_sql(self._generation.sql(template), parameters)) as result:
            assert result.cursor is not None  # noqa: S101 - narrowed for the type checker: it is a query
            return result.cursor.fetchall()

    def _newest(self, words: Words, columns: Iterable[str], clause: Clause, limit: int) -> Sequence[Any]:
        """`columns` of the newest `limit` matches that satisfy `clause`, newest first."""
        expression = words.expression
        template = WITH_WORDS if expression else WITHOUT_WORDS
        sql = template.format(columns=", ".join(columns), filters=clause.sql)
        return self.rows(sql, (*((expression,) if expression else ()), *clause.parameters, limit))

    def _levels(self, words: Words, rows: Sequence[int]) -> dict[int, int]:
        """How well each of `rows` fits `words`: 0 to 3. Rows between them may come along."""
        levels = dict.fromkeys(rows, 0)
        for level, better in enumerate(words.levels(), 1):
            found = self.rows(LEVEL, (better.expression, min(rows), max(rows)))
            levels.update((row, level) for (row,) in found)
        return levels

    def _completions(self, prefix: str) -> list[str]:
        return [word for (word,) in self.rows(COMPLETIONS, (prefix, prefix + LAST, MAX_COMPLETIONS))]

    def _facets(
        self, query: CatalogueQuery, words: Words, matches: dict[FacetName, Sequence[Any]]
    ) -> dict[FacetName, tuple[Facet, ...]]:
        """Counts over the matches; a facet with a choice counts what would match without it."""
        for name in query.narrowed:
            others, filters = words.chosen(query, without=name), filter_clause(query, without=name)
            found = self._newest(others, (FACET_COLUMNS[name],), filters, MAX_MATCHES)
            (matches[name],) = _columns(found, 1)
        return {name: _count(name, column) for name, column in matches.items()}

    def _hits(self, words: Words, page: Sequence[Place], scored: bool) -> Iterable[SearchHit]:
        marked = self._marked(words, [row for _, _, row, _ in page]) if page else {}
        for value, id, row, doc_version in page:
            title, summary = marked[row]
            yield SearchHit(
                id=id,
                doc_version=doc_version,
                score=float(-value // LEVEL_MS) if scored else 0.0,
                title_html=to_html(title),
                snippet_html=to_html(excerpt(summary)),
            )

    def _marked(self, words: Words, rows: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Titles and summaries as written, with marks."""
        if not words.expression:
            plain = self.rows(UNMARKED, (json.dumps(rows),))
            return {row: (title, summary) for row, title, summary in plain}
        marks = (MARK_START, MARK_END) * 2
        found = self.rows(MARKED, (*marks, words.expression, min(rows), max(rows), json.dumps(rows)))
        return {
            row: (transfer(marked_title, title), transfer(marked_summary, summary))
            for row, title, summary, marked_title, marked_summary in found
        }


def _columns(rows: Sequence[Any], width: int) -> list[Sequence[Any]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width


def _page(
    query: CatalogueQuery, places: Sequence[Place], after: cursors.Place | None
) -> tuple[list[Place], str | None]:
    """The places of the page that begins behind `after`, and the cursor of the next page if there is one."""
    if after is not None:
        places = [place for place in places if place[:2] > (-after.value, after.id)]
    page = nsmallest(query.limit, places)
    if len(page) == len(places):
        return page, None
    value, id, *_ = page[-1]
    return page, cursors.encode(query, cursors.Place(-value, id))


def _count(name: FacetName, column: Sequence[Any]) -> tuple[Facet, ...]:
    if name is FacetName.REWARD:
        return reward_facets(column)
    values = chain.from_iterable(map(str.split, column)) if name is FacetName.SKILL else column
    ordered = sorted(Counter(values).items(), key=lambda counted: (-counted[1], counted[0]))
    return tuple(Facet(value, count) for value, count in ordered[:MAX_FACET_VALUES])
