"""Moves what SQLite's write-ahead log holds into its file, beside the writers.

By itself SQLite does so in whichever commit finds the log long enough, and with a full disk queue that one
takes some hundred milliseconds, while all other writers wait for it.
"""

import logging
import threading
from contextlib import AbstractContextManager, closing

from sqlalchemy import Engine

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.25
LONG_LOG = 4_000
"""Pages (of 4 kB). A log begins anew when a writer finds all of it moved: from here on that is seen to."""
FEW_PAGES = 100
MOST_TRIES = 5


class Checkpointer:
    """A thread that moves the log's pages a while after each `wake`; it starts with the first one.

    `writers` is the lock that writers hold: it is taken only to move the last few pages of a long log.
    """

    def __init__(self, engine: Engine, writers: AbstractContextManager[None]) -> None:
        self._engine = engine
        self._writers = writers
        self._starting = threading.Lock()
        self._written = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Say that something was written; cheap."""
        self._written.set()
        if self._thread is None:
            self._start()

    def close(self) -> None:
        """End the thread; SQLite moves the rest when its last connection closes."""
        self._stop.set()
        self._written.set()
        if self._thread is not None:
            self._thread.join()

    def move(self) -> int:
        """Move what can be moved now; returns how many pages readers of older states still hold back."""
        length, left = self._move()
        for _ in range(MOST_TRIES):
            if left <= FEW_PAGES:
                break
            length, left = self._move()
        if length > LONG_LOG:
            with self._writers:
                _, left = self._move()
        return left

    def _start(self) -> None:
        with self._starting:
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="checkpointer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._written.wait()
            self._written.clear()
            try:
                self.move()
            except Exception:
                log.exception("the log of SQLite is moved later")
            self._stop.wait(PAUSE_SECONDS)

    def _move(self) -> tuple[int, int]:
        """The log's pages, and those of them that are still to be moved."""
        with closing(self._engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
            ((_, length, moved),) = cursor.fetchall()
            return length, length - moved
