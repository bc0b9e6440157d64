"""SQLite's log: moved beside the writers, held back by readers, begun anew under writers who never rest."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.checkpointer import LONG_LOG, Checkpointer
from infra.database import Database, FairLock
from tests.waiting import wait_until

PAGE = 4096
PATIENCE = 20.0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE note (text TEXT)")
        connection.commit()
    yield database
    database.close()


@contextmanager
def older_state(database: Database) -> Iterator[None]:
    with database.read() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM note").all()
        yield


def write(database: Database, pages: int) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("INSERT INTO note VALUES (?)", ("x" * PAGE * pages,))
        connection.commit()


def test_a_reader_of_an_older_state_holds_the_log_back_until_it_ends(database: Database) -> None:
    checkpointer = Checkpointer(database.engine, FairLock())
    with older_state(database):
        write(database, pages=300)
        assert checkpointer.move() >= 300
    assert checkpointer.move() == 0


def test_what_is_written_is_moved_without_anybody_asking(database: Database, tmp_path: Path) -> None:
    write(database, pages=500)
    file = tmp_path / "store.sqlite3"
    wait_until(lambda: file.stat().st_size >= 500 * PAGE, "somebody to move the log", PATIENCE)


def test_a_log_that_is_written_all_the_time_begins_anew(database: Database, tmp_path: Path) -> None:
    log = tmp_path / "store.sqlite3-wal"
    written, deadline = 0, time.monotonic() + PATIENCE
    while written < 8 * LONG_LOG:
        assert time.monotonic() < deadline
        write(database, pages=50)
        written += 50
    assert log.stat().st_size < written * PAGE
