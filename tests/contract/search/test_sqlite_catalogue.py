"""What only the SQLite backend promises: one transaction with the rows, and tables of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from infra.database import Database
from search import rebuild, sqlite_schema
from search.catalogue import RebuildProgress
from search.documents import CatalogueDocument
from search.errors import CatalogueUnavailable
from search.queries import CatalogueQuery
from search.sqlite_catalogue import SqliteCatalogue, SqliteRebuild
from search.sqlite_writer import GenerationWriter
from tests.contract.search.sample import ADMINISTRATOR, PLC, SAMPLE, VIBRATION, document, found, ids


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'catalogue.sqlite3'}")
    yield database
    database.close()


def tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(
            connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
        )


def test_a_document_is_found_when_its_transaction_is_committed(database: Database) -> None:
    catalogue = SqliteCatalogue(database)
    catalogue.prepare()
    with database.write() as connection:
        catalogue.within(connection).write(SAMPLE)
        assert found(catalogue) == set()
        connection.commit()
    assert found(catalogue) == {d.id for d in SAMPLE if not d.deleted}


def test_a_rolled_back_transaction_leaves_nothing(database: Database) -> None:
    catalogue = SqliteCatalogue(database)
    catalogue.prepare()
    with database.write() as connection:
        catalogue.within(connection).write(SAMPLE)
    assert found(catalogue) == set()
    assert catalogue.versions([d.id for d in SAMPLE]) == {}


def test_without_tables_it_is_unavailable(database: Database) -> None:
    catalogue = SqliteCatalogue(database)
    with pytest.raises(CatalogueUnavailable, match="jiebang migrate"):
        catalogue.search(CatalogueQuery(viewer=ADMINISTRATOR))
    with pytest.raises(CatalogueUnavailable, match="jiebang migrate"):
        catalogue.check()


@pytest.fixture
def ranked(database: Database) -> SqliteCatalogue:
    """Challenges in the order of how well they fit "PLC 振动", the best ones oldest."""
    catalogue = SqliteCatalogue(database)
    catalogue.prepare()
    catalogue.write(
        [
            document(1, "PLC 采集振动", ""),
            document(2, "采集振动与 PLC", "PLC 振动 PLC 振动"),
            document(3, "采集节拍", "", skills=(PLC, VIBRATION)),
            document(4, "PLC 改造", "水泵振动", skills=()),
            document(5, "水泵改造", "PLC 振动", skills=()),
            document(6, "水泵更换", "PLC 振动，振动", skills=()),
        ]
    )
    return catalogue


def test_where_the_words_stand_ranks_and_then_the_time(ranked: SqliteCatalogue) -> None:
    page = ranked.search(CatalogueQuery(text="PLC 振动", viewer=ADMINISTRATOR))
    assert ids(page) == ["c-02", "c-01", "c-03", "c-04", "c-06", "c-05"]
    assert [hit.score for hit in page.hits] == [3, 3, 2, 1, 0, 0]


def test_pages_by_relevance_keep_their_place_while_challenges_are_posted(ranked: SqliteCatalogue) -> None:
    query = CatalogueQuery(text="PLC 振动", viewer=ADMINISTRATOR, limit=3)
    first = ranked.search(query)
    ranked.write([document(number, "PLC 采集振动", "PLC") for number in range(10, 40)])
    second = ranked.search(replace(query, cursor=first.next_cursor))
    assert ids(second) == ["c-04", "c-06", "c-05"]


def test_pages_by_relevance_are_parts_of_one_order(database: Database) -> None:
    catalogue = SqliteCatalogue(database)
    catalogue.prepare()
    texts = (("采集振动", "PLC"), ("水泵改造", "振动"), ("PLC 振动", "PLC"), ("采集节拍", "PLC 振动"))
    # Seven at a time are posted in the same millisecond, and their rows lie in another order than their ids.
    catalogue.write(
        [
            document(
                number // 7, *texts[number % 4], id=f"c-{number:03d}", skills=(PLC,) if number % 3 else ()
            )
            for number in range(100)
        ]
    )
    query = CatalogueQuery(text="PLC 振动", viewer=ADMINISTRATOR, limit=100)
    first = catalogue.search(query)
    whole = ids(first)
    assert first.next_cursor is None
    for limit in (1, 3, 20):
        page = catalogue.search(replace(query, limit=limit))
        paged = ids(page)
        while page.next_cursor:
            page = catalogue.search(replace(query, limit=limit, cursor=page.next_cursor))
            paged += ids(page)
        assert paged == whole
    assert [len(set(whole)), {hit.score for hit in first.hits}] == [first.total, {0, 1, 2, 3}]


def test_what_an_earlier_release_made_is_completed(database: Database) -> None:
    catalogue = SqliteCatalogue(database)
    catalogue.prepare()
    catalogue.write(SAMPLE)
    query = CatalogueQuery(text="振动", viewer=ADMINISTRATOR)
    complete = catalogue.search(query)
    with database.write() as connection:
        live = sqlite_schema.state(connection).live
        connection.exec_driver_sql(live.sql("DROP TABLE {names}"))
        connection.exec_driver_sql(live.sql("DROP INDEX {label}_code"))
        connection.commit()
    catalogue.prepare()
    assert catalogue.search(query) == complete
    catalogue.write(
        [replace(d, doc_version=d.doc_version + 1, title="水泵") for d in SAMPLE if not d.deleted]
    )
    with database.read() as connection:
        indexes = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars()
        assert live.sql("{label}_code") in set(indexes)
    assert max(hit.score for hit in complete.hits) == 2
    assert max(hit.score for hit in catalogue.search(query).hits) == 1


def test_a_rebuild_leaves_no_tables_behind(database: Database) -> None:
    catalogue = SqliteCatalogue(database)
    catalogue.prepare()
    before = tables(database)
    catalogue.write(SAMPLE)
    catalogue.rebuild(iter([SAMPLE]), lambda _: None)
    after = tables(database)
    assert len(after) == len(before)
    assert after != before
    assert all(sqlite_schema.owns(table) for table in after if not table.startswith("sqlite_"))


def test_a_step_of_a_rebuild_is_a_transaction_that_shrinks_with_the_time_it_takes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    SqliteCatalogue(database).prepare()
    now, each = 0.0, 1 / 1024

    class SlowWriter(GenerationWriter):
        def write(self, documents: Sequence[CatalogueDocument]) -> int:
            nonlocal now
            now += len(documents) * each
            return super().write(documents)

    monkeypatch.setattr("search.sqlite_catalogue.GenerationWriter", SlowWriter)
    sizes: list[int] = []

    def report(progress: RebuildProgress) -> None:
        nonlocal each
        sizes.append(progress.documents - sum(sizes))
        if len(sizes) == 4:
            each = 20 / 1024
        with database.read() as connection:
            building = sqlite_schema.state(connection).written[-1]
            stored = connection.exec_driver_sql(building.sql("SELECT count(*) FROM {entry}")).scalar_one()
        assert stored == progress.documents, "every step is committed before the next"

    many = [document(number, "轴承", "", id=f"c-{number:03d}") for number in range(80)]
    progress = rebuild.rebuild(SqliteRebuild(database, lambda: now), iter([many]), report)
    assert sizes[:8] == [20, 10, 10, 10, 10, 5, 2, 1]
    assert set(sizes[8:]) == {1}, "on a machine twenty times as slow"
    assert progress.longest_step == 10 * each


def test_a_rebuild_removes_what_a_killed_one_left(database: Database) -> None:
    catalogue = SqliteCatalogue(database)
    catalogue.prepare()
    before = len(tables(database))
    with database.write() as connection:
        abandoned = sqlite_schema.begin(connection)
        connection.commit()
    catalogue.write(SAMPLE)
    assert len(tables(database)) > before
    catalogue.rebuild(iter([SAMPLE]), lambda _: None)
    assert len(tables(database)) == before
    assert not any(table.startswith(f"catalogue_{abandoned.number}_") for table in tables(database))


def test_a_reader_keeps_its_snapshot_while_a_rebuild_swaps(database: Database) -> None:
    catalogue = SqliteCatalogue(database)
    catalogue.prepare()
    catalogue.write(SAMPLE)
    with database.read() as connection:
        live = sqlite_schema.state(connection).live
        count = live.sql("SELECT count(*) FROM {entry}")
        before = connection.exec_driver_sql(count).scalar_one()
        catalogue.rebuild(iter([]), lambda _: None)
        assert connection.exec_driver_sql(count).scalar_one() == before == len(SAMPLE)
    assert found(catalogue) == set()
