"""The schema's version: moving it up, and refusing to run against one that does not fit.

Looking needs nothing but the names of the migrations: Alembic is loaded when there is something to change.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect

from infra.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x6A69656261


class SchemaMismatch(Exception):
    """The database's schema is not one that this release runs on; the message says what to do."""


@cache
def revisions() -> tuple[str, ...]:
    """The names of all revisions, the first one first: each migration's file begins with its own."""
    files = (MIGRATIONS / "versions").glob("[0-9]*.py")
    return tuple(sorted(file.name.partition("_")[0] for file in files))


def migrate(database: Database) -> None:
    """Bring the schema to this release's; safe to call at every start, from several processes.

    Raises SchemaMismatch where a newer release has been here.
    """
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        found = _revision(connection)
        if found not in (None, *revisions()):
            raise SchemaMismatch(
                f"The database is at schema {found}, this release knows no later one than {revisions()[-1]}: "
                "run the release that it was last used with, or a newer one."
            )
        if found != revisions()[-1]:
            from infra.migrating import upgrade

            upgrade(connection)
            connection.commit()


def require_current(database: Database) -> None:
    """Raise SchemaMismatch unless the schema is at this release's head or one step before."""
    with database.read() as connection:
        found = _revision(connection)
    if found is None:
        raise SchemaMismatch("The database is empty: run `jiebang migrate`, or `jiebang run`, which does it.")
    if found not in revisions()[-2:]:
        raise SchemaMismatch(
            f"The database is at schema {found}, this release needs {revisions()[-1]}: run `jiebang migrate`."
        )


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none()
