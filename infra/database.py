"""Connections: many readers, and writers that SQLite lets in one by one, in the order they came."""

import select
import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from infra.checkpointer import Checkpointer

POOL_SIZE = 40
WRITES = "jiebang_writes"
MAPPED_BYTES = 1 << 30
IDLE_SINCE = "idle_since"
TRUSTED_SECONDS = 30.0
"""So long after its last use a connection is taken to be alive where its socket says nothing else."""


class FairLock:
    """A lock that is given to waiting threads in the order in which they asked.

    `threading.Lock` lets a busy thread overtake waiting ones for as long as it likes.
    """

    def __init__(self) -> None:
        self._guard = Lock()
        self._held = False
        self._waiting: deque[Event] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


class Database:
    """The engine of one process. Construct it once; `close` it at the end."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url)
        self._writers = FairLock()
        self._checkpointer = Checkpointer(self.engine, self._writers)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for queries; what they see is one snapshot on SQLite."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in a transaction that the caller commits; it rolls back otherwise."""
        if not self.is_sqlite:
            with self.engine.connect() as connection:
                yield connection
            return
        with self._writers, self.engine.connect() as connection:
            yield connection.execution_options(**{WRITES: True})
        self._checkpointer.wake()

    def close(self) -> None:
        self._checkpointer.close()
        self.engine.dispose()


def _postgres_engine(url: str) -> Engine:
    engine = create_engine(url, pool_size=POOL_SIZE, max_overflow=0)

    @event.listens_for(engine, "checkin")
    def note(_: object, record: ConnectionPoolEntry) -> None:
        record.info[IDLE_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def replace_dead(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
        # SQLAlchemy's pool_pre_ping asks the server each time, a quarter of what a short request costs.
        used = time.monotonic() - record.info.get(IDLE_SINCE, 0.0) < TRUSTED_SECONDS
        if used and not _has_news(connection.pgconn.socket):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    return engine


def _has_news(descriptor: int) -> bool:
    """Whether something has come in that nobody asked for: a server's last words, or the connection's end."""
    looked = select.poll()
    looked.register(descriptor, select.POLLIN)
    return bool(looked.poll(0))


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        connect_args={"timeout": 30, "isolation_level": None, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA busy_timeout = 30000")
        connection.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")  # a search reads thousands of pages
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # the checkpointer does it, beside the writers

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # The driver's own BEGIN is deferred: two transactions that read first could both fail to write.
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
