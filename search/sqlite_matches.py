"""The newest matches of a query, and for each facet those that it would have without the choice there.

All of these lists come from one pass over the matches, newest first. Once a list is full, the pass goes on
behind the last match with a question that asks only for the other lists: so dense words stop early, a rare
choice narrows through the index, and nothing is read twice.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from search.queries import CatalogueQuery, FacetName
from search.sqlite_query import Clause, Words, held_clause, visible_clause

Row = tuple[Any, ...]
Wanted = set[FacetName | None]
"""Lists that are not full yet; None is the list of the matches themselves."""
Fetch = Callable[[int], Sequence[Row]]
"""Gives that many further rows of a statement, or all that are left."""
Read = Callable[[str, tuple[object, ...]], AbstractContextManager[Fetch]]

MAX_MATCHES = 2_000
PORTION = 100
NEWEST_ROW = 2**63 - 1

WITH_WORDS = """
SELECT {columns} FROM {{words}} CROSS JOIN {{entry}} AS e ON e.row = {{words}}.rowid
WHERE {{words}} MATCH ? AND {{words}}.rowid < ? AND {filters} ORDER BY {{words}}.rowid DESC"""
WITHOUT_WORDS = """
SELECT {columns} FROM {{entry}} AS e WHERE e.row < ? AND {filters} ORDER BY e.row DESC"""


@dataclass(slots=True)
class Matches:
    """Rows of entries, newest first: those that match, and for a facet those that do without its choice.

    Those that count are the first MAX_MATCHES of each; of `found` there is one more where more match.
    The last two columns are the row's number and the choices that it holds.
    """

    found: list[Row] = field(default_factory=list)
    without: dict[FacetName, list[Row]] = field(default_factory=dict)


def newest_matches(read: Read, query: CatalogueQuery, words: Words, columns: Iterable[str]) -> Matches:
    """`columns` of what matches `words` and the choices of `query`."""
    return _Pass(read, query, words, columns).matches


class _Pass:
    """Reads until every list is full or nothing is left."""

    def __init__(self, read: Read, query: CatalogueQuery, words: Words, columns: Iterable[str]) -> None:
        self._query = query
        self._words = words
        self._facets = sorted(query.narrowed)
        self._held = held_clause(query, self._facets)
        self._columns = ", ".join((*columns, "e.row", self._held.sql))
        self.matches = Matches(without={name: [] for name in self._facets})
        wanted: Wanted = {None, *self._facets}
        before = NEWEST_ROW
        while wanted and before:
            before = self._read_on(read, wanted, before)

    def _read_on(self, read: Read, wanted: Wanted, before: int) -> int:
        """Read until a list is full, and take it from `wanted`; the last row, or 0 at the end."""
        with read(*self._statement(wanted, before)) as fetch:
            while rows := fetch(max(PORTION, min(map(self._missing, wanted)))):
                for name in wanted:
                    held = self._held_by(name)
                    self._list(name).extend([row for row in rows if row[-1] in held])
                if full := {name for name in wanted if self._missing(name) <= 0}:
                    wanted -= full
                    return int(rows[-1][-2])
        return 0

    def _statement(self, wanted: Wanted, before: int) -> tuple[str, tuple[object, ...]]:
        expression = self._words.wanting(self._query, wanted).expression
        held = sorted(set().union(*map(self._held_by, wanted)))
        among = Clause(f"{self._held.sql} IN ({', '.join(map(str, held))})", self._held.parameters)
        filters = visible_clause(self._query.viewer) & among
        template = WITH_WORDS if expression else WITHOUT_WORDS
        asked = (expression, before) if expression else (before,)
        sql = template.format(columns=self._columns, filters=filters.sql)
        return sql, (*self._held.parameters, *asked, *filters.parameters)

    def _held_by(self, name: FacetName | None) -> set[int]:
        """What a row of this list holds: all choices, or all but the facet's own."""
        every = (1 << len(self._facets)) - 1
        return {every} if name is None else {every, every - (1 << self._facets.index(name))}

    def _missing(self, name: FacetName | None) -> int:
        return (MAX_MATCHES + 1 if name is None else MAX_MATCHES) - len(self._list(name))

    def _list(self, name: FacetName | None) -> list[Row]:
        return self.matches.found if name is None else self.matches.without[name]
