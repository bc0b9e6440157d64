"""Connections of the pool to PostgreSQL that have died meanwhile."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from sqlalchemy import text

import infra.database
from infra.database import Database
from tests.integration.producers.outbox_rows import end_other_connections

SEVERAL = 3


@pytest.fixture
def database(migrated_postgres_url: str) -> Iterator[Database]:
    database = Database(migrated_postgres_url)
    yield database
    database.close()


def pids(database: Database) -> set[int]:
    """Of the connections that several readers get at the same time."""
    with ExitStack() as held:
        connections = [held.enter_context(database.read()) for _ in range(SEVERAL)]
        return {
            connection.execute(text("SELECT pg_backend_pid()")).scalar_one() for connection in connections
        }


def test_connections_are_used_again(database: Database) -> None:
    assert pids(database) == pids(database)


def test_what_the_server_ended_is_replaced_before_anybody_uses_it(
    database: Database, migrated_postgres_url: str
) -> None:
    ended = pids(database)
    with closing(Database(migrated_postgres_url)) as another:
        end_other_connections(another)

    assert not pids(database) & ended


def test_what_was_idle_for_long_is_asked_first(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    ping = database.engine.dialect.do_ping

    def noted(connection: object) -> bool:
        asked.append(connection)
        return ping(connection)  # type: ignore[arg-type]

    monkeypatch.setattr(database.engine.dialect, "do_ping", noted)
    pids(database)
    asked.clear()

    pids(database)
    assert not asked

    monkeypatch.setattr(infra.database, "TRUSTED_SECONDS", 0.0)
    pids(database)
    assert len(asked) == SEVERAL
