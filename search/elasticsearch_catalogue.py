"""The catalogue in Elasticsearch.

Searches read the alias `name`. Each build of the index is `name.build-…` with an alias `name.write-…` of
its own; every write goes to all of these aliases, which is how a rebuild in another process is noticed.
They are asked for anew with each write, after its documents were read: so a rebuild's scan, which begins
when the new alias stands, sees what a write missed.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress

from domain.audience import Viewer
from search import rebuild
from search.catalogue import RebuildProgress, Report, WriteResult
from search.documents import CatalogueDocument, newest
from search.elasticsearch_builds import Builds
from search.elasticsearch_client import TargetGone, connect, translated, write
from search.elasticsearch_query import read_page, read_suggestions, search_body, suggest_body
from search.errors import CatalogueUnavailable
from search.queries import CatalogueQuery, SearchPage, Suggestion


class ElasticsearchCatalogue:
    """A Catalogue in the Elasticsearch at `url`, under the alias `name`.

    `new_id` gives what is unique in lower case (a UUID), for names of indexes. `timeout` (seconds)
    limits every request. Nothing is connected before the first one. May be used from many threads.
    """

    def __init__(
        self,
        url: str,
        *,
        new_id: Callable[[], str],
        name: str = "jiebang-catalogue",
        api_key: str | None = None,
        timeout: float = 5.0,
    ) -> None:
        self._client = connect(url, api_key, timeout)
        self._builds = Builds(self._client, name, new_id)
        self._name = name

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def prepare(self) -> None:
        self._builds.prepare()

    def check(self) -> None:
        with translated():
            self._client.search(index=self._name, size=0, track_total_hits=False)

    def write(self, documents: Sequence[CatalogueDocument]) -> WriteResult:
        latest = newest(documents)
        live, *building = self._builds.written()
        try:
            applied = write(self._client, live, latest).applied
        except TargetGone as error:
            raise CatalogueUnavailable("the index was swapped during the write: write again") from error
        for alias in building:
            self._write_building(alias, latest)
        return WriteResult(applied, len(documents) - applied)

    def search(self, query: CatalogueQuery) -> SearchPage:
        # Copies of an index score alike only roughly: the pages of one text come from one copy.
        copy = f"text-{zlib.crc32(query.text.encode('utf-8', 'replace'))}"
        body = search_body(query)
        with translated():
            answer = self._client.search(index=self._name, preference=copy, **body)
        return read_page(query, answer.body)

    def suggest(self, prefix: str, viewer: Viewer, limit: int = 8) -> list[Suggestion]:
        body = suggest_body(prefix, viewer, limit)
        with translated():
            answer = self._client.search(index=self._name, **body)
        return read_suggestions(answer.body, limit)

    def versions(self, ids: Sequence[str]) -> Mapping[str, int]:
        if not ids:
            return {}
        with translated():
            answer = self._client.mget(index=self._name, ids=list(ids), source=False)
        for asked in answer["docs"]:
            if "error" in asked:
                raise CatalogueUnavailable(
                    f"Elasticsearch cannot read the catalogue: {asked['error']['reason']}"
                )
        return {found["_id"]: found["_version"] for found in answer["docs"] if found["found"]}

    def rebuild(self, scan: Iterator[Sequence[CatalogueDocument]], report: Report) -> RebuildProgress:
        return rebuild.rebuild(self._builds, scan, report)

    def refresh(self) -> None:
        with translated():
            self._client.indices.refresh(index=self._name)

    def _write_building(self, alias: str, documents: Sequence[CatalogueDocument]) -> None:
        # Gone means that the rebuild was given up: nobody will read that index.
        with suppress(TargetGone):
            write(self._client, alias, documents)
