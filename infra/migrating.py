"""What needs Alembic: running migrations, writing them, and comparing them with the tables."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from infra.database import Database
from infra.schema import MIGRATIONS
from infra.tables import metadata


def upgrade(connection: Connection) -> None:
    """Run the migrations that the database has not seen, in the transaction of `connection`."""
    command.upgrade(_config(connection), "head")


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


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
