"""A table that the migrations do not lead to is seen."""

from contextlib import closing
from pathlib import Path

from infra.database import Database
from infra.migrating import differences
from tools.check_migrations import differences_of


def test_the_migrations_lead_to_the_tables(tmp_path: Path) -> None:
    assert differences_of(f"sqlite:///{tmp_path / 'fresh.sqlite3'}") == []


def test_a_column_that_no_table_declares_is_a_difference(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'changed.sqlite3'}"
    differences_of(url)
    with closing(Database(url)) as database:
        with database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE teams ADD COLUMN unknown TEXT")
            connection.commit()
        assert "unknown" in str(differences(database))
