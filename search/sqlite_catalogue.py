"""The catalogue in the product's own SQLite file (FTS5)."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from domain.audience import Viewer
from infra.database import Database
from infra.pace import Pace
from search import rebuild, sqlite_schema
from search.catalogue import RebuildProgress, Report, WriteResult
from search.documents import CatalogueDocument
from search.errors import CatalogueUnavailable, RebuildOvertaken
from search.queries import CatalogueQuery, SearchPage, Suggestion
from search.sqlite_reader import SqliteReader
from search.sqlite_schema import Generation
from search.sqlite_suggest import suggest
from search.sqlite_writer import GenerationWriter, SqliteWriter


class SqliteCatalogue:
    """A Catalogue in an SQLite `database`.

    Its own `write` is a transaction of its own. The indexer uses `within` instead, so that the document
    is committed together with what says that it was.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @staticmethod
    def within(connection: Connection) -> SqliteWriter:
        """The catalogue for writing as part of the transaction of `connection`."""
        return SqliteWriter(connection)

    def prepare(self) -> None:
        with _transaction(self._database) as connection:
            sqlite_schema.create(connection)

    def check(self) -> None:
        with self._reader():
            pass

    def write(self, documents: Sequence[CatalogueDocument]) -> WriteResult:
        with _transaction(self._database) as connection:
            return self.within(connection).write(documents)

    def search(self, query: CatalogueQuery) -> SearchPage:
        with self._reader() as reader:
            return reader.search(query)

    def suggest(self, prefix: str, viewer: Viewer, limit: int = 8) -> list[Suggestion]:
        with self._reader() as reader:
            return suggest(reader, prefix, viewer, limit)

    def versions(self, ids: Sequence[str]) -> Mapping[str, int]:
        with self._reader() as reader:
            return reader.versions(ids)

    def rebuild(self, scan: Iterator[Sequence[CatalogueDocument]], report: Report) -> RebuildProgress:
        return rebuild.rebuild(SqliteRebuild(self._database), scan, report)

    def refresh(self) -> None:
        """Nothing to do: what is committed is found."""

    @contextmanager
    def _reader(self) -> Iterator[SqliteReader]:
        """A reader of one snapshot, which a rebuild that swaps and drops tables does not disturb."""
        with self._database.read() as connection:
            yield SqliteReader(connection, _live(connection))


@contextmanager
def _transaction(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        yield connection
        connection.commit()


def _live(connection: Connection) -> Generation:
    try:
        return sqlite_schema.state(connection).live
    except OperationalError as error:
        raise CatalogueUnavailable("the catalogue has no tables yet: run `jiebang migrate`") from error


class SqliteRebuild:
    """The steps of a rebuild; each is a short transaction, so that other writers wait for one at most.

    `monotonic` gives seconds, and measures how long a step holds the writer.
    """

    def __init__(self, database: Database, monotonic: Callable[[], float] = time.perf_counter) -> None:
        self._database = database
        self._monotonic = monotonic

    def begin(self) -> Generation:
        with _transaction(self._database) as connection:
            generation = sqlite_schema.begin(connection)
        self._remove_leftovers()
        return generation

    def fill(self, target: Generation, documents: Sequence[CatalogueDocument]) -> float:
        with self._database.write() as connection:
            started = self._monotonic()
            _still_building(connection, target)
            GenerationWriter(connection, target).write(documents)
            connection.commit()
            return self._monotonic() - started

    def swap(self, target: Generation) -> None:
        with _transaction(self._database) as connection:
            _still_building(connection, target)
            sqlite_schema.swap(connection)
        self._remove_leftovers()

    def discard(self, target: Generation) -> None:
        with _transaction(self._database) as connection:
            sqlite_schema.abandon(connection, target)
        self._remove_leftovers()

    def _remove_leftovers(self) -> None:
        """Drop unused generations; emptied in steps, because dropping a full one takes seconds."""
        with self._database.read() as connection:
            leftovers = sqlite_schema.leftovers(connection)
        for generation in leftovers:
            pace = rebuild.steps()
            while self._remove_part(generation, pace):
                pass

    def _remove_part(self, generation: Generation, pace: Pace) -> bool:
        """Whether something is left to remove."""
        with self._database.write() as connection:
            started = self._monotonic()
            if generation not in sqlite_schema.leftovers(connection):
                return False
            removed = sqlite_schema.empty(connection, generation, pace.size)
            if not removed:
                sqlite_schema.drop(connection, generation)
            connection.commit()
            pace.learn(removed, self._monotonic() - started)
            return removed > 0


def _still_building(connection: Connection, target: Generation) -> None:
    if sqlite_schema.state(connection).building != target:
        raise RebuildOvertaken("another rebuild of the catalogue began: let that one finish")
