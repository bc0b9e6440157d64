"""Writes `docs/openapi.json` and `docs/asyncapi.json`, or with `--check` says whether they are current."""

import json
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from api.app import create_app
from api.asyncapi import asyncapi
from api.hub import Hub
from api.services import Services
from domain.matching.taxonomy import Taxonomy
from infra.accounts import Passwords
from infra.database import Database
from infra.files import FileStore
from infra.scanner import NoScanner
from infra.settings import Settings
from infra.system import SystemClock, Uuid7Ids
from infra.taxonomies import Taxonomies
from infra.unit_of_work import Store
from search.sqlite_catalogue import SqliteCatalogue
from streams.feed import OutboxFeed
from streams.replica import ReplicaKeeper

FOLDER = Path(__file__).parent.parent / "docs"


def documents() -> dict[str, str]:
    """The text of each document by its file's name, as this source makes it; nothing is started."""
    with TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        with closing(Database(settings.store_url)) as database:
            return {
                "openapi.json": _text(create_app(_services(settings, database)).openapi()),
                "asyncapi.json": _text(asyncapi(settings.events_topic, settings.intake_topic)),
            }


def main(arguments: list[str]) -> int:
    """0 where the documents were written, or are current."""
    made = documents()
    if arguments != ["--check"]:
        for name, text in made.items():
            (FOLDER / name).write_text(text, "utf-8")
        return 0
    stale = [name for name, text in made.items() if _read(FOLDER / name) != text]
    for name in stale:
        print(f"docs/{name} is not what the API says now: run `python -m tools.api_documents`.")
    return len(stale)


def _services(settings: Settings, database: Database) -> Services:
    feed = OutboxFeed(database)
    taxonomies = Taxonomies(Taxonomy.load())
    return Services(
        settings=settings,
        clock=SystemClock(),
        database=database,
        store=Store(database, SystemClock(), Uuid7Ids()),
        taxonomies=taxonomies,
        rankings=ReplicaKeeper(feed, database, taxonomies),
        catalogue=SqliteCatalogue(database),
        hub=Hub(feed, lambda _: {}),
        files=FileStore(settings.home / "files"),
        scanner=NoScanner(),
        passwords=Passwords(),
    )


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
