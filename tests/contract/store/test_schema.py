"""How a database comes to this release's schema, and which ones a process refuses."""

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from infra.database import Database
from infra.schema import MIGRATIONS, SchemaMismatch, migrate, require_current, revisions


def put_at(database: Database, revision: str) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")  # noqa: S608 - a test's
        connection.commit()


def test_the_files_names_say_in_what_order_alembic_runs_them() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    walked = ScriptDirectory.from_config(config).walk_revisions()
    assert revisions() == tuple(script.revision for script in walked)[::-1]


def test_a_process_runs_at_the_head_and_one_step_before(database: Database) -> None:
    require_current(database)
    put_at(database, revisions()[-2])
    require_current(database)


@pytest.mark.parametrize("revision", ["0000", "9999"])
def test_a_process_refuses_any_other_schema(database: Database, revision: str) -> None:
    put_at(database, revision)
    with pytest.raises(SchemaMismatch, match=rf"is at schema {revision}, .* needs {revisions()[-1]}"):
        require_current(database)


def test_a_process_refuses_an_empty_file(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    with pytest.raises(SchemaMismatch, match="The database is empty: run `jiebang migrate`"):
        require_current(database)
    database.close()


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database)
    require_current(database)


def test_a_newer_releases_database_is_not_touched(database: Database) -> None:
    put_at(database, "9999")
    with pytest.raises(SchemaMismatch, match="knows no later one"):
        migrate(database)
