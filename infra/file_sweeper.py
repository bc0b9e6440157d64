"""Puts right what a crash between bytes and rows left behind."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from domain.ports import Clock
from infra.database import Database
from infra.file_rows import forget_files, known_files, mark_promoted, waiting_files
from infra.files import FileStore

log = logging.getLogger(__name__)

UNDER_WAY = timedelta(minutes=5)
"""An upload that is younger may still be going on."""
UNREFERENCED = timedelta(hours=24)
LOOK_THROUGH = timedelta(hours=1)
"""How often everything in the store is looked up, which takes longer the more there is."""
BATCH = 100

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Swept:
    """How many files were given their place, lost their row, or lost their bytes."""

    promoted: int
    forgotten: int
    removed: int


class FileSweeper:
    """Run it now and then, from any process that has the files' folder, several at once where it happens."""

    def __init__(self, store: FileStore, database: Database, clock: Clock) -> None:
        self._store = store
        self._database = database
        self._clock = clock
        self._look_through_at: datetime | None = None

    def sweep(self, stopped: Callable[[], bool] = lambda: False) -> Swept:
        """Promote what was committed, and remove what no row has known for 24 hours.

        Ends early where `stopped` says so. Raises OSError where the disk does, and what the database raises.
        """
        promoted, forgotten = self._promote(stopped)
        now = self._clock.now()
        removed = 0
        if self._look_through_at is None or now >= self._look_through_at:
            removed = self._remove(now - UNREFERENCED, stopped)
            self._look_through_at = now + LOOK_THROUGH
        return Swept(promoted, forgotten, removed)

    def _promote(self, stopped: Callable[[], bool]) -> tuple[int, int]:
        now = self._clock.now()
        with self._database.read() as connection:
            waiting = waiting_files(connection, now - UNDER_WAY)
        promoted, forgotten = 0, 0
        for batch in _batches(waiting, stopped):
            saved = [id for id in batch if self._store.promote(id)]
            lost = self._lost(set(batch) - set(saved))
            with self._database.write() as connection:
                mark_promoted(connection, saved, now)
                forget_files(connection, lost)
                connection.commit()
            promoted += len(saved)
            forgotten += len(lost)
        return promoted, forgotten

    def _lost(self, missing: set[str]) -> list[str]:
        """Those that will never come: where the store holds nothing, it is not the one that rows speak of."""
        if not missing or self._store.is_empty():
            return []
        log.warning("the bytes of %d uploaded files were lost: %s", len(missing), ", ".join(sorted(missing)))
        return sorted(missing)

    def _remove(self, before: datetime, stopped: Callable[[], bool]) -> int:
        old = (stored for stored in self._store.list() if stored.written_at < before)
        removed = 0
        for batch in _batches(old, stopped):
            with self._database.read() as connection:
                known = known_files(connection, [stored.id for stored in batch])
            unknown = [stored for stored in batch if stored.id not in known]
            for stored in unknown:
                self._store.remove(stored)
            removed += len(unknown)
        return removed


def _batches(found: Iterable[T], stopped: Callable[[], bool]) -> Iterator[list[T]]:
    items = iter(found)
    while not stopped() and (batch := list(islice(items, BATCH))):
        yield batch
