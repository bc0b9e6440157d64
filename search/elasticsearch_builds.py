"""The indexes behind the catalogue: which is read, which are written, and the steps of a rebuild."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch, NotFoundError

from search.documents import CatalogueDocument
from search.elasticsearch_client import TargetGone, translated, write
from search.elasticsearch_index import MAPPINGS, SETTINGS
from search.errors import CatalogueUnavailable, RebuildOvertaken

OVERTAKEN = "another rebuild of the catalogue began: let that one finish"


@dataclass(frozen=True, slots=True)
class Build:
    """One build of the index: its own name, and the alias that it is written through."""

    index: str
    alias: str


class Builds:
    """The builds of the catalogue `name`; implements the steps of `search.rebuild`."""

    def __init__(self, client: Elasticsearch, name: str, new_id: Callable[[], str]) -> None:
        self._client = client
        self._name = name
        self._new_id = new_id

    def prepare(self) -> None:
        """Make the first build where there is none; two processes at once make one."""
        if not self._indexes():
            self._create(self._build("first"), live=True)

    def written(self) -> list[str]:
        """The aliases to write to, that of the build which is read first."""
        indexes = self._indexes()
        if not any(self._is_live(aliases) for aliases in indexes.values()):
            raise CatalogueUnavailable("the catalogue has no index yet: run `jiebang search rebuild`")
        ordered = sorted(indexes.values(), key=self._is_live, reverse=True)
        return [alias for aliases in ordered for alias in aliases if alias != self._name]

    def begin(self) -> Build:
        build = self._build(self._new_id())
        self._create(build, live=False)
        abandoned = [index for index, aliases in self._indexes().items() if not self._is_live(aliases)]
        for index in abandoned:
            if index != build.index:
                self._delete(index)
        return build

    def fill(self, target: Build, documents: Sequence[CatalogueDocument]) -> float:
        try:
            write(self._client, target.alias, documents)
        except TargetGone as error:
            raise RebuildOvertaken(OVERTAKEN) from error
        return 0.0  # no other writer waits for it, so the steps may grow to full size

    def swap(self, target: Build) -> None:
        old = [index for index, aliases in self._indexes().items() if self._is_live(aliases)]
        actions: list[dict[str, Any]] = [{"add": {"index": target.index, "alias": self._name}}]
        actions += [{"remove_index": {"index": index}} for index in old]
        with translated():
            try:
                self._client.indices.refresh(index=target.index)
                self._client.indices.update_aliases(actions=actions)
            except NotFoundError as error:
                raise RebuildOvertaken(OVERTAKEN) from error

    def discard(self, target: Build) -> None:
        self._delete(target.index)

    def _build(self, id: str) -> Build:
        return Build(f"{self._name}.build-{id}", f"{self._name}.write-{id}")

    def _is_live(self, aliases: Sequence[str]) -> bool:
        return self._name in aliases

    def _indexes(self) -> dict[str, list[str]]:
        """The aliases of each build."""
        with translated():
            try:
                found = self._client.indices.get_alias(index=f"{self._name}.build-*")
            except NotFoundError:
                return {}
            return {index: list(told["aliases"]) for index, told in found.items()}

    def _create(self, build: Build, live: bool) -> None:
        aliases: dict[str, Any] = {build.alias: {}} | ({self._name: {}} if live else {})
        with translated():
            try:
                self._client.indices.create(
                    index=build.index, settings=SETTINGS, mappings=MAPPINGS, aliases=aliases
                )
            except BadRequestError as error:
                if error.error != "resource_already_exists_exception":
                    raise

    def _delete(self, index: str) -> None:
        with translated():
            self._client.indices.delete(index=index, ignore_unavailable=True)
