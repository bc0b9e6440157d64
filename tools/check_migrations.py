"""`python -m tools.check_migrations`: the migrations lead to the tables, in SQLite and in PostgreSQL."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.database import Database
from infra.migrating import differences
from infra.schema import migrate
from tools.services.errors import MissingTool, ServiceFailed
from tools.services.postgres import Postgres


def main() -> int:
    """Print each difference; returns 1 where there is one, or where a database cannot be had."""
    try:
        with TemporaryDirectory(prefix="jiebang-migrations-") as folder:
            found = list(_found(Path(folder)))
    except (MissingTool, ServiceFailed) as error:
        print(error, file=sys.stderr)
        return 1
    for kind, difference in found:
        print(f"{kind}: the tables and the migrations differ: {difference}", file=sys.stderr)
    if found:
        print("Write the missing migration with `infra.migrating.new_revision`.", file=sys.stderr)
    return 1 if found else 0


def differences_of(url: str) -> list[object]:
    """What is different in an empty database once it was migrated."""
    with closing(Database(url)) as database:
        migrate(database)
        return differences(database)


def _found(folder: Path) -> Iterator[tuple[str, object]]:
    for difference in differences_of(f"sqlite:///{folder / 'jiebang.sqlite3'}"):
        yield "SQLite", difference
    postgres = Postgres(folder / "postgres", quick=True)
    try:
        postgres.start()
        url = postgres.create_database("migrations")
        for difference in differences_of(url):
            yield "PostgreSQL", difference
    finally:
        postgres.stop()


if __name__ == "__main__":
    raise SystemExit(main())
