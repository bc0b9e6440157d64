"""A catalogue on each backend: one with the sample that tests only read, and empty ones to write to."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from infra.database import Database
from search.catalogue import Catalogue
from search.elasticsearch_catalogue import ElasticsearchCatalogue
from search.sqlite_catalogue import SqliteCatalogue
from tests.contract.search.sample import SAMPLE

Make = Callable[[], Catalogue]


@pytest.fixture(scope="session", params=["sqlite", "elasticsearch"])
def make_catalogue(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Make]:
    """Makes empty catalogues, prepared, each one apart from the others."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            folder = tmp_path_factory.mktemp("catalogues")
            yield lambda: sqlite_catalogue(folder / f"{uuid.uuid4().hex}.sqlite3", stack)
        else:
            url = request.getfixturevalue("elasticsearch_service").url
            yield lambda: elasticsearch_catalogue(url, stack)


@pytest.fixture(scope="session")
def listed(make_catalogue: Make) -> Catalogue:
    """A catalogue with the sample, for tests that do not write."""
    catalogue = make_catalogue()
    catalogue.write(SAMPLE)
    catalogue.refresh()
    return catalogue


@pytest.fixture
def catalogue(make_catalogue: Make) -> Catalogue:
    """An empty catalogue."""
    return make_catalogue()


def sqlite_catalogue(path: Path, stack: ExitStack) -> SqliteCatalogue:
    database = Database(f"sqlite:///{path}")
    stack.callback(database.close)
    catalogue = SqliteCatalogue(database)
    catalogue.prepare()
    return catalogue


def elasticsearch_catalogue(url: str, stack: ExitStack) -> ElasticsearchCatalogue:
    name = f"catalogue-{uuid.uuid4().hex}"
    catalogue = ElasticsearchCatalogue(url, name=name, new_id=lambda: uuid.uuid4().hex, timeout=30)
    stack.callback(catalogue.close)
    catalogue.prepare()
    return catalogue
