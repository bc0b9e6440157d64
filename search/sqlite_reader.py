"""Searches the catalogue's tables.

The newest 2,000 matches are read once, with what ranks, counts and sorts them; the rest happens here.
Up to that many matches everything is exact, and a broad word costs no more than a rare one.

Relevance is where the words stand, and within that the time of posting. FTS5's bm25() would count every
match of every word for each query, which takes longer than all the rest; and each new document would
change all its scores, so that a cursor would lose its place.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
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
from search.sqlite_matches import MAX_MATCHES, Fetch, Matches, newest_matches
from search.sqlite_query import FACET_COLUMNS, Clause, Words, asked_words
from search.sqlite_schema import Generation
from search.sqlite_writer import latest_posted
from search.text import runs

EVERY = 2**31 - 1
MAX_COMPLETIONS = 20
LAST = "\U0010ffff"
"""Sorts after every text that begins with a prefix, when appended to the prefix."""

NEWEST = """
SELECT e.id, {{words}}.shown_title FROM {{words}} CROSS JOIN {{entry}} AS e ON e.row = {{words}}.rowid
WHERE {{words}} MATCH ? AND {filters} ORDER BY {{words}}.rowid DESC LIMIT ?"""
# One scan of the page's range: a statement for each row would evaluate the words anew each time.
MARKED = """
SELECT rowid, shown_title, shown_summary, highlight({words}, 0, ?, ?), highlight({words}, 3, ?, ?)
FROM {words} WHERE {words} MATCH ? AND rowid BETWEEN ? AND ? AND +rowid IN (SELECT value FROM json_each(?))"""
UNMARKED = """
SELECT rowid, shown_title, shown_summary FROM {words} WHERE rowid IN (SELECT value FROM json_each(?))"""
VERSIONS = "SELECT id, doc_version FROM {entry} WHERE id IN (SELECT value FROM json_each(?))"
COMPLETIONS = "SELECT word FROM {word} WHERE word >= ? AND word < ? LIMIT ?"

LEVEL = """
SELECT rowid FROM {names} WHERE {names} MATCH ? AND rowid BETWEEN ? AND ?
    AND +rowid IN (SELECT value FROM json_each(?)) ORDER BY rowid DESC"""

LEVEL_MS = 10**14
"""One level of relevance outweighs any time of posting, in milliseconds."""

# What sorts first is highest.
SORT_COLUMNS = {
    Sort.RELEVANCE: "e.posted_ms",
    Sort.NEWEST: "e.posted_ms",
    Sort.REWARD: "e.reward_cny",
    Sort.DEADLINE: "-e.deadline_ms",
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
        columns = (SORT_COLUMNS[query.sort], "e.id", "e.doc_version", *FACET_COLUMNS.values())
        matches = newest_matches(self.reading, query, words, columns)
        values, ids, versions, *counted, rows, _ = _columns(matches.found[:MAX_MATCHES], len(columns) + 2)
        if query.sort is Sort.RELEVANCE and words.phrases and rows:
            values = self._ranked(words, rows, values, after, query.limit)
        places = list(zip(map(neg, values), ids, rows, versions, strict=True))
        page, cursor = _page(query, places, after)
        return SearchPage(
            hits=tuple(self._hits(words.wanting(query, [None]), page, query.sort is Sort.RELEVANCE)),
            total=len(places),
            total_relation="gte" if len(matches.found) > MAX_MATCHES else "eq",
            next_cursor=cursor,
            facets=_facets(matches, dict(zip(FACET_COLUMNS, counted, strict=True))),
        )

    def suggested(self, words: Words, clause: Clause, limit: int) -> Sequence[Any]:
        """Id and title of the newest `limit` matches that satisfy `clause`."""
        return self.rows(NEWEST.format(filters=clause.sql), (words.expression, *clause.parameters, limit))

    def versions(self, ids: Sequence[str]) -> dict[str, int]:
        """The versions of those of `ids` that are known, tombstones included."""
        return dict(self.rows(VERSIONS, (json.dumps(list(ids)),)))

    def rows(self, template: str, parameters: tuple[object, ...]) -> Sequence[tuple[Any, ...]]:
        """The rows of a query over this generation's tables, as the driver gives them."""
        with self.reading(template, parameters) as fetch:
            return fetch(EVERY)

    @contextmanager
    def reading(self, template: str, parameters: tuple[object, ...]) -> Iterator[Fetch]:
        """The same rows, so many at a time."""
        with closing(self._connection.exec_driver_sql(self._generation.sql(template), parameters)) as result:
            assert result.cursor is not None  # noqa: S101 - narrowed for the type checker: it is a query
            yield result.cursor.fetchmany

    def _ranked(
        self,
        words: Words,
        rows: Sequence[int],
        posted: Sequence[int],
        after: cursors.Place | None,
        limit: int,
    ) -> list[int]:
        """How each of `rows`, newest first, ranks: by its level, 0 to 3, and then by when it was posted.

        Levels are read from the best down until `limit` places behind `after` are settled: what was not
        reached yet may rank lower than it would, but stands behind them all the same.
        """
        ranks = dict(zip(rows, posted, strict=True))
        end = math.inf if after is None else after.value
        among = (rows[-1], rows[0], json.dumps(rows))
        for level, better in reversed(list(enumerate(words.levels(), 1))):
            with self.reading(LEVEL, (better.expression, *among)) as fetch:
                portion = limit + 1
                while found := fetch(portion):
                    for (row,) in found:
                        ranks[row] = max(ranks[row], level * LEVEL_MS + ranks[row] % LEVEL_MS)
                    unread = level * LEVEL_MS + latest_posted(found[-1][0])
                    if sum(unread < rank < end for rank in ranks.values()) >= limit:
                        return list(ranks.values())
                    portion *= 2
        return list(ranks.values())

    def _completions(self, prefix: str) -> list[str]:
        return [word for (word,) in self.rows(COMPLETIONS, (prefix, prefix + LAST, MAX_COMPLETIONS))]

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


def _facets(matches: Matches, columns: dict[FacetName, Sequence[Any]]) -> dict[FacetName, tuple[Facet, ...]]:
    """Counts over the matches; a facet with a choice counts what would match without it."""
    place = len(columns) + 2
    for name, rows in matches.without.items():
        position = list(FACET_COLUMNS).index(name) - place
        columns[name] = [row[position] for row in rows[:MAX_MATCHES]]
    return {name: _count(name, column) for name, column in columns.items()}


def _count(name: FacetName, column: Sequence[Any]) -> tuple[Facet, ...]:
    if name is FacetName.REWARD:
        return reward_facets(column)
    values = chain.from_iterable(map(str.split, column)) if name is FacetName.SKILL else column
    ordered = sorted(Counter(values).items(), key=lambda counted: (-counted[1], counted[0]))
    return tuple(Facet(value, count) for value, count in ordered[:MAX_FACET_VALUES])
