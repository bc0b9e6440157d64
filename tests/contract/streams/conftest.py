"""What the tests of processors share."""

from pathlib import Path

import pytest

from infra.database import Database
from infra.file_sweeper import FileSweeper
from infra.files import FileStore
from tests.fakes.clock import FakeClock
from tests.fakes.stop import FakeStop


@pytest.fixture
def stop() -> FakeStop:
    return FakeStop()


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    """An empty store of uploaded files."""
    return FileStore(tmp_path / "files")


@pytest.fixture
def sweeper(files: FileStore, database: Database, clock: FakeClock) -> FileSweeper:
    """Puts `files` right."""
    return FileSweeper(files, database, clock)
