"""One migrated, empty database for each of the two kinds that the product runs on."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from domain.matching.taxonomy import Taxonomy
from infra.database import Database
from infra.schema import migrate
from infra.unit_of_work import Store
from tests.fakes.clock import CountingIds, FakeClock
from tests.market import Market, build_market
from tools.services.postgres import Postgres


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "jiebang.sqlite3"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a fresh, migrated SQLite file."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'jiebang.sqlite3')}"


@pytest.fixture(scope="session")
def postgres_template(postgres_service: Postgres, unique_name: Callable[[str], str]) -> str:
    """The name of a migrated PostgreSQL database to copy."""
    name = unique_name("template")
    database = Database(postgres_service.create_database(name))
    migrate(database)
    database.close()
    return name


@pytest.fixture
def migrated_postgres_url(
    postgres_service: Postgres, postgres_template: str, unique_name: Callable[[str], str]
) -> Iterator[str]:
    """The URL of a fresh, migrated PostgreSQL database."""
    name = unique_name("test")
    yield postgres_service.create_database(name, template=postgres_template)
    postgres_service.drop_database(name)


@pytest.fixture(params=["sqlite_url", "migrated_postgres_url"], ids=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A fresh, migrated database, once for each kind."""
    database = Database(request.getfixturevalue(request.param))
    yield database
    database.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(database: Database, clock: FakeClock) -> Store:
    """Units of work over `database`, with a clock that the test moves."""
    return Store(database, clock, CountingIds())


@pytest.fixture
def market(store: Store, taxonomy: Taxonomy) -> Market:
    """A factory and two schools with their people, in `store`."""
    return build_market(store, taxonomy)
