"""The catalogue as the rest of the product sees it: one interface, two backends."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.audience import Viewer
from search.documents import CatalogueDocument
from search.queries import CatalogueQuery, SearchPage, Suggestion


@dataclass(frozen=True, slots=True)
class WriteResult:
    """How many documents were taken, and how many were not newer than what was there."""

    applied: int
    ignored: int


@dataclass(frozen=True, slots=True)
class RebuildProgress:
    """How far a rebuild is; `longest_step` is the longest time (seconds) that it held other writers up."""

    documents: int
    steps: int
    longest_step: float

    def after(self, documents: int, seconds: float) -> "RebuildProgress":
        """The progress after one more step."""
        longest = max(self.longest_step, seconds)
        return RebuildProgress(self.documents + documents, self.steps + 1, longest)


Report = Callable[[RebuildProgress], None]


class CatalogueWriter(Protocol):
    """What the indexer needs."""

    def write(self, documents: Sequence[CatalogueDocument]) -> WriteResult:
        """Take each document that is newer than the one of its id, tombstones included.

        Writing again is harmless: an equal or lower version is ignored, which is success. While a
        rebuild runs, both the old and the new index are written. Raises CatalogueUnavailable, after
        which writing all of them again is right, or DocumentRejected.
        """
        ...


class Catalogue(CatalogueWriter, Protocol):
    """The searchable listing of challenges. All methods raise CatalogueUnavailable when it is out of reach.

    Every answer is limited to what the viewer may see: hits, totals, facets and suggestions.
    """

    def prepare(self) -> None:
        """Make the index where there is none yet. Idempotent."""
        ...

    def check(self) -> None:
        """Return if the catalogue can be searched now."""
        ...

    def search(self, query: CatalogueQuery) -> SearchPage:
        """Raises InvalidCursor for a cursor that was not made for this query."""
        ...

    def suggest(self, prefix: str, viewer: Viewer, limit: int = 8) -> list[Suggestion]:
        """Skills (by how many challenges ask for them), then challenges (newest first), for a typed prefix.

        Skills take at most half of `limit`, rounded up.
        """
        ...

    def versions(self, ids: Sequence[str]) -> Mapping[str, int]:
        """The document versions of those of `ids` that are known, tombstones included."""
        ...

    def rebuild(self, scan: Iterator[Sequence[CatalogueDocument]], report: Report) -> RebuildProgress:
        """Build a new index from `scan` while writes go to both, then swap it in.

        `scan` must be lazy: what it reads before the first chunk is asked for may be missed. If it
        raises, the old index stays as it was. Raises RebuildOvertaken where a newer rebuild began.
        """
        ...

    def refresh(self) -> None:
        """Make all that was written visible to searches at once; for tests."""
        ...
