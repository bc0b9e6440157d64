"""One SQLite file with a small market, and the machine's clock."""

from collections.abc import Iterator

import pytest

from domain.matching.taxonomy import Taxonomy
from infra.database import Database
from infra.system import SystemClock, Uuid7Ids
from infra.unit_of_work import Store
from tests.integration.streams.embedded import Embedded
from tests.market import Market


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database, SystemClock(), Uuid7Ids())


@pytest.fixture
def embedded(store: Store, market: Market, taxonomy: Taxonomy) -> Iterator[Embedded]:
    """Running, after the market was built."""
    embedded = Embedded(store, taxonomy)
    embedded.start()
    yield embedded
    embedded.stop()
