"""The application over a small market in SQLite, where the kind of database makes no difference."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from infra.database import Database
from tests.serving import catalogue, quick_passwords, serving, settings

__all__ = ["catalogue", "quick_passwords", "serving", "settings"]


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """A fresh, migrated SQLite file."""
    with closing(Database(sqlite_url)) as database:
        yield database
