"""What the tests of processors share."""

from pathlib import Path

import pytest

from domain.matching.taxonomy import Taxonomy
from infra.database import Database
from infra.file_sweeper import FileSweeper
from infra.files import FileStore
from infra.unit_of_work import Store
from tests.fakes.clock import FakeClock
from tests.fakes.stop import FakeStop
from tests.market import Market, build_market


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return Taxonomy.load()


@pytest.fixture
def market(store: Store, taxonomy: Taxonomy) -> Market:
    return build_market(store, taxonomy)


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
