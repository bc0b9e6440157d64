"""The catalogue in the product's own SQLite file (FTS5)."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from domain.audience import Viewer
from search import rebuild, sqlite_schema
from search.catalogue import RebuildProgress, Report, WriteResult
from search.documents import CatalogueDocument
from search.errors import CatalogueUnavailable, RebuildOvertaken
from search.queries import CatalogueQuery, SearchPage, Suggestion
from search.sqlite_reader import SqliteReader
from search.sqlite_schema import Generation
from search.sqlite_suggest import suggest
from search.sqlite_writer import GenerationWriter, SqliteWriter

Connecting = Callable[[], AbstractContextManager[Connection]]


class SqliteCatalogue:
    """A Catalogue over SQLAlchemy connections.

    `reading` gives a connection to read with. `writing` gives one inside a write transaction, which is
    committed when the context ends and rolled back on an exception, and waits for its turn as all
    writers do. The indexer does not use it: `within` writes in the transaction that it is given.
    """

    def __init__(self, reading: Connecting, writing: Connecting) -> None:
        self._reading = reading
        self._writing = writing

    @staticmethod
    def within(connection: Connection) -> SqliteWriter:
        """The catalogue for writing as part of the transaction of `connection`."""
        return SqliteWriter(connection)

    def prepare(self) -> None:
        with self._writing() as connection:
            sqlite_schema.create(connection)

    def check(self) -> None:
        with self._snapshot():
            pass

    def write(self, documents: Sequence[CatalogueDocument]) -> WriteResult:
        with self._writing() as connection:
            return self.within(connection).write(documents)

    def search(self, query: CatalogueQuery) -> SearchPage:
        with self._snapshot() as reader:
            return reader.search(query)

    def suggest(self, prefix: str, viewer: Viewer, limit: int = 8) -> list[Suggestion]:
        with self._snapshot() as reader:
            return suggest(reader, prefix, viewer, limit)

    def versions(self, ids: Sequence[str]) -> Mapping[str, int]:
        with self._snapshot() as reader:
            return reader.versions(ids)

    def rebuild(self, scan: Iterator[Sequence[CatalogueDocument]], report: Report) -> RebuildProgress:
        return rebuild.rebuild(SqliteRebuild(self._writing), scan, report)

    def refresh(self) -> None:
        """Nothing to do: what is committed is found."""

    @contextmanager
    def _snapshot(self) -> Iterator[SqliteReader]:
        """A reader whose statements all see the same state, also while a rebuild swaps and drops tables."""
        with self._reading() as connection:
            connection.exec_driver_sql("SAVEPOINT catalogue")
            try:
                yield SqliteReader(connection, _live(connection))
            finally:
                connection.exec_driver_sql("RELEASE catalogue")


def _live(connection: Connection) -> Generation:
    try:
        return sqlite_schema.state(connection).live
    except OperationalError as error:
        raise CatalogueUnavailable("the catalogue has no tables yet: run `jiebang migrate`") from error


class SqliteRebuild:
    """The steps of a rebuild; each is a short transaction, so that other writers wait for one at most."""

    def __init__(self, writing: Connecting) -> None:
        self._writing = writing

    def begin(self) -> Generation:
        with self._writing() as connection:
            generation = sqlite_schema.begin(connection)
        self._remove_leftovers()
        return generation

    def fill(self, target: Generation, documents: Sequence[CatalogueDocument]) -> float:
        with self._writing() as connection:
            started = time.perf_counter()
            if sqlite_schema.state(connection).building != target:
                raise RebuildOvertaken("another rebuild of the catalogue began: let that one finish")
            GenerationWriter(connection, target).write(documents)
        return time.perf_counter() - started

    def swap(self, target: Generation) -> None:
        with self._writing() as connection:
            if sqlite_schema.state(connection).building != target:
                raise RebuildOvertaken("another rebuild of the catalogue began: let that one finish")
            sqlite_schema.swap(connection)
        self._remove_leftovers()

    def discard(self, target: Generation) -> None:
        with self._writing() as connection:
            sqlite_schema.abandon(connection, target)
        self._remove_leftovers()

    def _remove_leftovers(self) -> None:
        """Drop unused generations; emptied in steps, because dropping a full one takes seconds."""
        with self._writing() as connection:
            leftovers = sqlite_schema.leftovers(connection)
        for generation in leftovers:
            pace = rebuild.Pace()
            while self._remove_part(generation, pace):
                pass

    def _remove_part(self, generation: Generation, pace: rebuild.Pace) -> bool:
        """Whether something is left to remove."""
        with self._writing() as connection:
            started = time.perf_counter()
            if generation not in sqlite_schema.leftovers(connection):
                return False
            removed = sqlite_schema.empty(connection, generation, pace.size)
            if not removed:
                sqlite_schema.drop(connection, generation)
        pace.learn(removed, time.perf_counter() - started)
        return removed > 0
