"""A catalogue for writing that keeps the newest version of each document."""

from collections.abc import Sequence

from search.catalogue import WriteResult
from search.documents import CatalogueDocument


class FakeCatalogue:
    """Raises `failure` instead, as long as one is set."""

    def __init__(self) -> None:
        self.documents: dict[str, CatalogueDocument] = {}
        self.failure: Exception | None = None

    def ids(self) -> list[str]:
        return list(self.documents)

    def versions(self, ids: Sequence[str]) -> dict[str, int]:
        return {id: self.documents[id].doc_version for id in ids if id in self.documents}

    def write(self, documents: Sequence[CatalogueDocument]) -> WriteResult:
        if self.failure is not None:
            raise self.failure
        applied = 0
        for document in documents:
            known = self.documents.get(document.id)
            if known is None or known.doc_version < document.doc_version:
                self.documents[document.id] = document
                applied += 1
        return WriteResult(applied, len(documents) - applied)
