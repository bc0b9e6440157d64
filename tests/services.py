"""Fixtures of the real services: one Kafka, one Elasticsearch, one PostgreSQL per test run.

A service starts when a collected test asks for it: in the background, beside the tests that do not.
"""

import gc
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest

from tests.missing import lacking
from tools.services.elasticsearch import Elasticsearch
from tools.services.errors import MissingTool
from tools.services.kafka import Kafka
from tools.services.local import LocalServices
from tools.services.postgres import Postgres
from tools.services.service import Service, stop_all

S = TypeVar("S", bound=Service)


class BackgroundServices:
    """The services of a test run, each started once, on the first request, without blocking it."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="jiebang-services-")
        self.local = LocalServices.under(Path(self._folder.name), quick=True)
        self._pool = ThreadPoolExecutor(len(self.local.all()))
        self._started: dict[str, Future[None]] = {}

    def request(self, service: Service) -> Future[None]:
        """Start the service unless that was requested before; the future ends when it answers."""
        if service.name not in self._started:
            self._started[service.name] = self._pool.submit(service.start)
        return self._started[service.name]

    def running(self, service: S) -> S:
        """Return the service when it answers; skip or fail the test where the machine lacks a program."""
        try:
            self.request(service).result()
        except MissingTool as error:
            lacking(str(error))
        return service

    def close(self) -> None:
        """Stop the services and remove their data."""
        self._pool.shutdown()
        stop_all(self.local.all())
        self._folder.cleanup()


SERVICES = pytest.StashKey[BackgroundServices]()


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the services; nothing starts yet."""
    config.stash[SERVICES] = services = BackgroundServices()
    config.add_cleanup(services.close)
    # kafka-python reads its schemas through a function that Python 3.11 and 3.12 deprecate.
    config.addinivalue_line("filterwarnings", r"ignore:(read|open)_text is deprecated:DeprecationWarning")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start in the background what the selected tests need."""
    if session.config.option.collectonly:
        return
    services = session.config.stash[SERVICES]
    wanted = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    for service in services.local.all():
        if f"{service.name}_service" in wanted:
            services.request(service)


@pytest.fixture(scope="session")
def kafka_service(pytestconfig: pytest.Config) -> Kafka:
    """A running Kafka broker. A test that kills it starts it again."""
    services = pytestconfig.stash[SERVICES]
    return services.running(services.local.kafka)


@pytest.fixture
def refused_sockets(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """kafka-python does not close a socket whose connection was refused: collect it in the test to blame.

    Without log records, which would keep it. The test ignores the ResourceWarning.
    """
    caplog.set_level("CRITICAL", "kafka")
    yield
    gc.collect()


@pytest.fixture(scope="session")
def elasticsearch_service(pytestconfig: pytest.Config) -> Elasticsearch:
    """A running Elasticsearch node. A test that kills it starts it again."""
    services = pytestconfig.stash[SERVICES]
    return services.running(services.local.elasticsearch)


@pytest.fixture(scope="session")
def postgres_service(pytestconfig: pytest.Config) -> Postgres:
    """A running PostgreSQL server. A test that kills it starts it again."""
    services = pytestconfig.stash[SERVICES]
    return services.running(services.local.postgres)


@pytest.fixture(scope="session")
def unique_name() -> Callable[[str], str]:
    """A function that makes a name (topic, consumer group, index, database) nobody else uses: `prefix-…`."""
    return lambda prefix: f"{prefix}-{uuid.uuid4().hex}"


@pytest.fixture
def postgres_url(postgres_service: Postgres, unique_name: Callable[[str], str]) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh, empty PostgreSQL database, dropped after the test."""
    name = unique_name("test")
    yield postgres_service.create_database(name)
    postgres_service.drop_database(name)
