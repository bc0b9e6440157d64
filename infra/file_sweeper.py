"""Puts right what a crash between bytes and rows left behind."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from domain.ports import Clock
from infra.database import Database
from infra.file_rows import forget_files, known_files, mark_promoted, waiting_files
from infra.files import FileStore, StoredObject

UNDER_WAY = timedelta(minutes=5)
"""An upload that is younger may still be going on."""
UNREFERENCED = timedelta(hours=24)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Swept:
    """How many files were given their place, lost their row, or lost their bytes."""

    promoted: int
    forgotten: int
    removed: int


class FileSweeper:
    """Run it now and then, from any process, several at once where it happens."""

    def __init__(self, store: FileStore, database: Database, clock: Clock) -> None:
        self._store = store
        self._database = database
        self._clock = clock

    def sweep(self) -> Swept:
        """Promote what was committed, and remove what no row has known for 24 hours."""
        promoted, forgotten = self._promote()
        return Swept(promoted, forgotten, self._remove())

    def _promote(self) -> tuple[int, int]:
        now = self._clock.now()
        with self._database.read() as connection:
            waiting = waiting_files(connection, now - UNDER_WAY)
        saved = [id for id in waiting if self._store.promote(id)]
        lost = sorted(set(waiting) - set(saved))
        if waiting:
            with self._database.write() as connection:
                mark_promoted(connection, saved, now)
                forget_files(connection, lost)
                connection.commit()
        return len(saved), len(lost)

    def _remove(self) -> int:
        before = self._clock.now() - UNREFERENCED
        old = (stored for stored in self._store.list() if stored.written_at < before)
        removed = 0
        for batch in _batches(old):
            with self._database.read() as connection:
                known = known_files(connection, [stored.id for stored in batch])
            for stored in batch:
                if stored.id not in known:
                    self._store.remove(stored)
                    removed += 1
        return removed


def _batches(stored: Iterable[StoredObject]) -> Iterator[list[StoredObject]]:
    items = iter(stored)
    while batch := list(islice(items, BATCH)):
        yield batch
