from collections.abc import Iterator, Sequence

import pytest

from search.catalogue import RebuildProgress
from search.documents import CatalogueDocument
from search.rebuild import AIM_SECONDS, rebuild

DOCUMENTS = [CatalogueDocument(id=str(number), doc_version=1) for number in range(500)]


class RecordingBackend:
    """Notes the steps of a rebuild; each document takes `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.steps: list[str] = []
        self.filled: list[CatalogueDocument] = []
        self.sizes: list[int] = []

    def begin(self) -> str:
        self.steps.append("begin")
        return "new"

    def fill(self, target: str, documents: Sequence[CatalogueDocument]) -> float:
        assert target == "new"
        self.filled += documents
        self.sizes.append(len(documents))
        return len(documents) * self.seconds

    def swap(self, target: str) -> None:
        self.steps.append(f"swap {target}")

    def discard(self, target: str) -> None:
        self.steps.append(f"discard {target}")


def ignore(_: RebuildProgress) -> None:
    pass


def test_the_scan_begins_when_writers_write_to_both() -> None:
    backend = RecordingBackend(0.001)

    def scan() -> Iterator[Sequence[CatalogueDocument]]:
        assert backend.steps == ["begin"]
        yield DOCUMENTS[:3]
        yield []
        yield DOCUMENTS[3:]

    told: list[RebuildProgress] = []
    progress = rebuild(backend, scan(), told.append)
    assert backend.filled == DOCUMENTS
    assert backend.steps == ["begin", "swap new"]
    assert told[-1] == progress
    assert progress.documents == len(DOCUMENTS)
    assert progress.steps == len(backend.sizes)


def test_steps_grow_until_they_take_as_long_as_they_may() -> None:
    backend = RecordingBackend(AIM_SECONDS / 50)
    progress = rebuild(backend, iter([DOCUMENTS]), ignore)
    assert max(backend.sizes) == 50
    assert progress.longest_step == pytest.approx(AIM_SECONDS)


def test_a_failed_scan_removes_what_was_built() -> None:
    backend = RecordingBackend(0.001)

    def scan() -> Iterator[Sequence[CatalogueDocument]]:
        yield DOCUMENTS[:3]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        rebuild(backend, scan(), ignore)
    assert backend.steps == ["begin", "discard new"]
