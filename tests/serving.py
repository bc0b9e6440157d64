"""The application over a small market and real adapters, on each kind of database.

Instead of threads, `settle` reads the log: it brings the replica up and writes the catalogue, which is in an
SQLite file of its own where the rows are in PostgreSQL.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from starlette.testclient import TestClient

from api.app import create_app
from api.hub import Hub
from api.services import Services
from domain.audience import Reach
from domain.matching.taxonomy import Taxonomy
from domain.organisations import Actor
from infra.accounts import Passwords, issue_token, set_password
from infra.database import Database
from infra.files import FileStore
from infra.queries.reach import reach_of
from infra.scanner import NoScanner
from infra.settings import Settings
from infra.taxonomies import Taxonomies
from infra.unit_of_work import Store
from search.sqlite_catalogue import SqliteCatalogue
from streams.feed import OutboxFeed
from streams.processors.indexer import scan
from streams.replica import ReplicaKeeper
from tests.fakes.clock import FakeClock
from tests.market import Market, build_market

PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Serving:
    """A running application in the test's own process."""

    app: FastAPI
    services: Services
    store: Store
    clock: FakeClock
    taxonomy: Taxonomy
    market: Market
    feed: OutboxFeed
    tokens: Mapping[str, str]

    def settle(self) -> None:
        """Let the replica and the catalogue know everything that was committed."""
        self.feed.catch_up()
        for documents in scan(self.services.database, self.services.taxonomies):
            self.services.catalogue.write(documents)

    def client(self, actor: Actor | None = None, **headers: str) -> TestClient:
        """A program with the actor's token, or without one; a server's error is an answer."""
        sent = {"Accept-Language": "en", **headers}
        if actor is not None:
            sent["Authorization"] = f"Bearer {self.tokens[actor.person_id]}"
        return TestClient(self.app, headers=sent, raise_server_exceptions=False)


def problem_of(response: Response, status: int, code: str) -> dict[str, Any]:
    """The problem document of a refusal, which has to have this status and code."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["code"] == code
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    return document


def actors_of(market: Market) -> dict[str, Actor]:
    """Everybody in the market, by the name that the market gives them."""
    named = ((field.name, getattr(market, field.name)) for field in fields(market))
    return {name: value for name, value in named if isinstance(value, Actor)}


@pytest.fixture(scope="session")
def quick_passwords() -> Passwords:
    """Argon2 with the least work, because tests check what is done with a hash and not its strength."""
    return Passwords(PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that never refuse a test for its haste."""
    return Settings(home=tmp_path, rate_limit="1000000/minute", sign_in_limit="1000000/minute")


@pytest.fixture
def catalogue(tmp_path: Path, database: Database) -> Iterator[SqliteCatalogue]:
    """An empty catalogue in an SQLite file."""
    with closing(Database(f"sqlite:///{tmp_path / 'catalogue.sqlite3'}")) as own:
        prepared = SqliteCatalogue(database if database.is_sqlite else own)
        prepared.prepare()
        yield prepared


@pytest.fixture
def serving(
    settings: Settings,
    store: Store,
    clock: FakeClock,
    taxonomy: Taxonomy,
    catalogue: SqliteCatalogue,
    quick_passwords: Passwords,
    tmp_path: Path,
) -> Serving:
    """The application over the market of `tests.market`; everybody has a token and the same password."""
    market = build_market(store, taxonomy)
    feed = OutboxFeed(store.database)
    taxonomies = Taxonomies(taxonomy)
    keeper = ReplicaKeeper(feed, store.database, taxonomies)
    hub = Hub(feed, lambda records: _reach(store.database, records))
    feed.subscribe(hub.publish)
    services = Services(
        settings=settings,
        clock=clock,
        database=store.database,
        store=store,
        taxonomies=taxonomies,
        rankings=keeper,
        catalogue=catalogue,
        hub=hub,
        files=FileStore(tmp_path / "files"),
        scanner=NoScanner(),
        passwords=quick_passwords,
    )
    keeper.load()
    return Serving(
        app=create_app(services),
        services=services,
        store=store,
        clock=clock,
        taxonomy=taxonomy,
        market=market,
        feed=feed,
        tokens=_let_in(store, market, quick_passwords),
    )


def _let_in(store: Store, market: Market, passwords: Passwords) -> dict[str, str]:
    """Give everybody a password and a token; the tokens by person id."""
    hashed = passwords.hash(PASSWORD)
    tokens = {}
    with store.begin() as work:
        for actor in actors_of(market).values():
            set_password(work.connection, actor.person_id, hashed)
            token = issue_token(work.connection, actor.person_id, "test", work.now())
            tokens[actor.person_id] = token.secret
        work.commit()
    return tokens


def _reach(database: Database, records: Any) -> Mapping[str, Reach]:
    with database.read() as connection:
        return reach_of(connection, records)
