"""A rebuild while the catalogue is in use."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import Event, Thread

import pytest

from search.catalogue import Catalogue, RebuildProgress
from search.documents import CatalogueDocument
from search.errors import CatalogueUnavailable, RebuildOvertaken
from search.queries import CatalogueQuery
from tests.contract.search.sample import ADMINISTRATOR, SAMPLE, document, found

Scan = Iterator[Sequence[CatalogueDocument]]
MANY = [document(number % 50, f"轴承 {number}", "", id=f"c-{number:03d}") for number in range(300)]


def ignore(_: RebuildProgress) -> None:
    pass


def chunks(documents: Sequence[CatalogueDocument], size: int) -> Scan:
    for begin in range(0, len(documents), size):
        yield documents[begin : begin + size]


def test_the_catalogue_holds_what_was_scanned(catalogue: Catalogue) -> None:
    catalogue.write([document(99, "不再存在", "")])
    told: list[RebuildProgress] = []
    progress = catalogue.rebuild(chunks(SAMPLE, 3), told.append)
    catalogue.refresh()
    assert found(catalogue) == {d.id for d in SAMPLE if not d.deleted}
    assert found(catalogue, "不再存在") == set()
    assert progress.documents == len(SAMPLE)
    assert told[-1] == progress


def test_the_old_index_serves_until_the_swap(catalogue: Catalogue) -> None:
    catalogue.write(SAMPLE)
    catalogue.refresh()
    before = found(catalogue)

    def scan() -> Scan:
        for chunk in chunks(MANY, 100):
            assert found(catalogue) == before
            yield chunk

    catalogue.rebuild(scan(), ignore)
    catalogue.refresh()
    assert catalogue.search(CatalogueQuery(viewer=ADMINISTRATOR)).total == len(MANY)


def test_what_is_written_meanwhile_wins_over_what_was_scanned(catalogue: Catalogue) -> None:
    catalogue.write(SAMPLE)
    stale, removed, late = SAMPLE[0], SAMPLE[1], document(50, "新来的", "")

    def scan() -> Scan:
        catalogue.write([replace(stale, doc_version=2, title="已经改了"), late])
        catalogue.write([CatalogueDocument.tombstone(removed.id, 2)])
        yield SAMPLE
        catalogue.write([replace(late, doc_version=2, title="又改了")])

    catalogue.rebuild(scan(), ignore)
    catalogue.refresh()
    assert found(catalogue, "已经改了") == {stale.id}
    assert found(catalogue, "又改了") == {late.id}
    assert removed.id not in found(catalogue)
    assert catalogue.versions([removed.id]) == {removed.id: 2}


def test_writers_in_another_thread_lose_nothing(catalogue: Catalogue) -> None:
    rows = {d.id: d for d in MANY}
    catalogue.write(MANY)
    done, busy = Event(), Event()

    def write() -> None:
        while not done.is_set():
            for d in MANY[::7]:
                rows[d.id] = replace(d, doc_version=rows[d.id].doc_version + 1)
                write_until_taken(catalogue, rows[d.id])
            busy.set()

    def scan() -> Scan:
        for chunk in chunks(MANY, 20):
            yield [rows[d.id] for d in chunk]

    writer = Thread(target=write)
    writer.start()
    try:
        assert busy.wait(30)
        catalogue.rebuild(scan(), ignore)
    finally:
        done.set()
        writer.join()
    assert catalogue.versions(list(rows)) == {d.id: d.doc_version for d in rows.values()}


def write_until_taken(catalogue: Catalogue, document: CatalogueDocument) -> None:
    """Write as the indexer does: again, while the catalogue says that it is unavailable."""
    while True:
        try:
            catalogue.write([document])
        except CatalogueUnavailable:
            continue
        return


def test_a_failed_rebuild_leaves_the_old_index(catalogue: Catalogue) -> None:
    catalogue.write(SAMPLE)

    def scan() -> Scan:
        yield MANY
        raise ConnectionError

    with pytest.raises(ConnectionError):
        catalogue.rebuild(scan(), ignore)
    catalogue.write([document(50, "新来的", "")])
    catalogue.refresh()
    assert found(catalogue) == {d.id for d in SAMPLE if not d.deleted} | {"c-50"}
    catalogue.rebuild(chunks(MANY, 100), ignore)
    catalogue.refresh()
    assert catalogue.search(CatalogueQuery(viewer=ADMINISTRATOR)).total == len(MANY)


def test_the_newer_of_two_rebuilds_wins(catalogue: Catalogue) -> None:
    def scan() -> Scan:
        yield MANY[:10]
        catalogue.rebuild(chunks(SAMPLE, 4), ignore)
        yield MANY[10:]

    with pytest.raises(RebuildOvertaken):
        catalogue.rebuild(scan(), ignore)
    catalogue.refresh()
    assert found(catalogue) == {d.id for d in SAMPLE if not d.deleted}


def test_an_overtaken_rebuild_does_not_swap(catalogue: Catalogue) -> None:
    def scan() -> Scan:
        yield MANY
        catalogue.rebuild(chunks(SAMPLE, 4), ignore)

    with pytest.raises(RebuildOvertaken):
        catalogue.rebuild(scan(), ignore)
    catalogue.refresh()
    assert found(catalogue) == {d.id for d in SAMPLE if not d.deleted}
