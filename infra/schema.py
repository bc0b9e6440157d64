"""The schema's version: moving it up, and refusing to run against one that does not fit."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from infra.database import Database
from infra.tables import metadata

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x6A69656261


class SchemaMismatch(Exception):
    """The database's schema is neither this release's nor the one before."""


def migrate(database: Database) -> None:
    """Bring the schema to this release's; safe to call at every start, from several processes."""
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        command.upgrade(_config(connection), "head")
        connection.commit()


def require_current(database: Database) -> None:
    """Raise SchemaMismatch unless the schema is at this release's head or one step before."""
    scripts = ScriptDirectory.from_config(_config())
    accepted = [revision.revision for revision in scripts.walk_revisions()][:2]
    with database.read() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found not in accepted:
        raise SchemaMismatch(
            f"The database is at schema {found or 'none'}, this release needs {accepted[0]}: "
            "run `jiebang migrate`."
        )


def differences(database: Database) -> list[object]:
    """What the tables say and the migrated database does not have, or the other way round."""
    with database.read() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _: kind != "table" or not str(name).startswith("catalogue")
            },
        )
        return list(compare_metadata(context, metadata))


def new_revision(database: Database, message: str) -> None:
    """Write the migration that leads from the database's schema to the tables (for developers)."""
    with database.read() as connection:
        command.revision(_config(connection), message=message, autogenerate=True)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
