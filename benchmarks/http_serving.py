"""One process that serves HTTP for the benchmark: `python -m benchmarks.http_serving KIND PORT SOURCE`.

KIND is `embedded` (SOURCE is its data folder), `rows` (SOURCE is a database's URL) or `bare` (SOURCE is the
file whose bytes a FastAPI route answers with).
"""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from fastapi import FastAPI
from starlette.responses import Response

from api.app import create_app
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
from jiebang.compose import embedded
from search.sqlite_catalogue import SqliteCatalogue
from streams.feed import OutboxFeed
from streams.replica import ReplicaKeeper


def main(kind: str, port: int, source: str) -> None:
    """Serve until the process is ended."""
    apps = {"embedded": _embedded, "rows": _rows, "bare": _bare}
    with apps[kind](source) as app:
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


@contextmanager
def _embedded(home: str) -> Iterator[FastAPI]:
    with embedded(Settings(home=Path(home))) as app:
        yield app


@contextmanager
def _rows(url: str) -> Iterator[FastAPI]:
    """The application over a database, without Kafka and a catalogue, which this route does not ask."""
    with TemporaryDirectory(prefix="jiebang-bench-") as folder, closing(Database(url)) as database:
        clock, taxonomies, feed = SystemClock(), Taxonomies(Taxonomy.load()), OutboxFeed(database)
        services = Services(
            settings=Settings(home=Path(folder)),
            clock=clock,
            database=database,
            store=Store(database, clock, Uuid7Ids()),
            taxonomies=taxonomies,
            rankings=ReplicaKeeper(feed, database, taxonomies),
            catalogue=SqliteCatalogue(database),
            hub=Hub(feed, lambda _: {}),
            files=FileStore(Path(folder) / "files"),
            scanner=NoScanner(),
            passwords=Passwords(),
        )
        yield create_app(services)


@contextmanager
def _bare(path: str) -> Iterator[FastAPI]:
    body = Path(path).read_bytes()
    app = FastAPI()

    @app.get("/api/v1/challenges/{challenge_id}")
    async def read(challenge_id: str) -> Response:
        return Response(body, media_type="application/json")

    yield app


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
