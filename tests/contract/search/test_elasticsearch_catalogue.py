"""What only the Elasticsearch backend meets: a node that is away, slow, new or not Elasticsearch."""

import socket
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from domain.audience import ANYONE
from search.elasticsearch_catalogue import ElasticsearchCatalogue
from search.errors import CatalogueError, CatalogueUnavailable
from search.queries import CatalogueQuery
from tests.contract.search.sample import SAMPLE, found
from tools.services.elasticsearch import Elasticsearch

CALLS: dict[str, Callable[[ElasticsearchCatalogue], object]] = {
    "search": lambda catalogue: catalogue.search(CatalogueQuery(text="轴承")),
    "suggest": lambda catalogue: catalogue.suggest("轴", ANYONE),
    "write": lambda catalogue: catalogue.write(SAMPLE),
    "versions": lambda catalogue: catalogue.versions(["a"]),
    "check": lambda catalogue: catalogue.check(),
    "prepare": lambda catalogue: catalogue.prepare(),
    "refresh": lambda catalogue: catalogue.refresh(),
    "rebuild": lambda catalogue: catalogue.rebuild(iter([SAMPLE]), lambda _: None),
}


def at(url: str, **options: float) -> ElasticsearchCatalogue:
    name = f"catalogue-{uuid.uuid4().hex}"
    return ElasticsearchCatalogue(url, name=name, new_id=lambda: uuid.uuid4().hex, **options)  # type: ignore[arg-type]


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.fixture
def stranger() -> Iterator[str]:
    """A web server that is not Elasticsearch."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("call", CALLS)
def test_a_node_that_is_away_is_unavailable(closed_port: int, call: str) -> None:
    with pytest.raises(CatalogueUnavailable):
        CALLS[call](at(f"http://127.0.0.1:{closed_port}"))


@pytest.mark.parametrize("call", ["search", "write"])
def test_a_node_that_does_not_answer_in_time_is_unavailable(silent_port: int, call: str) -> None:
    with pytest.raises(CatalogueUnavailable):
        CALLS[call](at(f"http://127.0.0.1:{silent_port}", timeout=0.2))


def test_something_else_at_the_address_is_named(stranger: str) -> None:
    with pytest.raises(CatalogueError, match="something else") as error:
        at(stranger).search(CatalogueQuery())
    assert not isinstance(error.value, CatalogueUnavailable)


@pytest.mark.parametrize("call", ["search", "suggest", "write", "versions", "check"])
def test_a_node_without_the_index_is_unavailable(elasticsearch_service: Elasticsearch, call: str) -> None:
    with pytest.raises(CatalogueUnavailable):
        CALLS[call](at(elasticsearch_service.url))


def test_processes_that_prepare_at_once_make_one_index(elasticsearch_service: Elasticsearch) -> None:
    catalogue = at(elasticsearch_service.url, timeout=30)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: catalogue.prepare(), range(4)))
    catalogue.write(SAMPLE)
    catalogue.refresh()
    assert found(catalogue) == {d.id for d in SAMPLE if not d.deleted}


def test_a_rebuild_makes_the_index_where_there_is_none(elasticsearch_service: Elasticsearch) -> None:
    catalogue = at(elasticsearch_service.url, timeout=30)
    progress = catalogue.rebuild(iter([SAMPLE]), lambda _: None)
    assert progress.longest_step == 0, "other writers do not wait for a rebuild"
    catalogue.check()
    assert found(catalogue) == {d.id for d in SAMPLE if not d.deleted}
