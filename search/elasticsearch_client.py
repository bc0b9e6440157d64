"""The client, its errors in the catalogue's words, and bulk writes with external versions."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError

from search.catalogue import WriteResult
from search.documents import CatalogueDocument
from search.elasticsearch_index import body
from search.errors import CatalogueError, CatalogueUnavailable, DocumentRejected

CONFLICT = 409
NOT_FOUND = 404
TRANSIENT = frozenset({408, 429, 502, 503, 504})
BULK_DOCUMENTS = 500


class TargetGone(CatalogueError):
    """The index was removed since its name was read."""


def connect(url: str, api_key: str | None, timeout: float) -> Elasticsearch:
    """A client that waits `timeout` seconds at most for an answer and does not retry by itself."""
    return Elasticsearch(url, api_key=api_key, request_timeout=timeout, max_retries=0)


@contextmanager
def translated() -> Iterator[None]:
    """Raises CatalogueUnavailable for what passes by itself, CatalogueError for other answers.

    A missing index passes, too: the first writer or `prepare` makes it.
    """
    try:
        yield
    except TransportError as error:
        raise CatalogueUnavailable(f"Elasticsearch does not answer: {error.message}") from error
    except UnsupportedProductError as error:
        raise CatalogueError("what answers at the address of Elasticsearch is something else") from error
    except ApiError as error:
        if error.status_code in TRANSIENT or error.status_code == NOT_FOUND:
            raise CatalogueUnavailable(f"Elasticsearch cannot serve the catalogue now: {error}") from error
        raise CatalogueError(f"Elasticsearch refused a request: {error}") from error


def write(client: Elasticsearch, alias: str, documents: Sequence[CatalogueDocument]) -> WriteResult:
    """Write into the index behind `alias`, which must exist: raises TargetGone where it does not.

    A version that is not higher than what is there is ignored.
    """
    applied = 0
    for begin in range(0, len(documents), BULK_DOCUMENTS):
        part = documents[begin : begin + BULK_DOCUMENTS]
        with translated():
            answer = client.bulk(index=alias, operations=_operations(part), require_alias=True)
        applied += sum(_taken(item["index"]) for item in answer["items"])
    return WriteResult(applied, len(documents) - applied)


def _operations(documents: Sequence[CatalogueDocument]) -> list[dict[str, Any]]:
    operations: list[dict[str, Any]] = []
    for document in documents:
        version = {"_id": document.id, "version": document.doc_version, "version_type": "external"}
        operations += ({"index": version}, body(document))
    return operations


def _taken(item: dict[str, Any]) -> bool:
    """Whether one document of a bulk was taken; raises if it was neither taken nor outdated."""
    status = item["status"]
    if "error" not in item:
        return True
    if status == CONFLICT:
        return False
    reason = f"{item['_id']}: {item['error'].get('reason', item['error']['type'])}"
    if status == NOT_FOUND:
        raise TargetGone(reason)
    if status in TRANSIENT:
        raise CatalogueUnavailable(f"Elasticsearch did not take a document now: {reason}")
    raise DocumentRejected(reason)
