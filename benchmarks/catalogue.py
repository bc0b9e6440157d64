"""A catalogue of 100,000 challenges: queries with facets, beside the bare engine with the same facets."""

import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.catalogue_bare import BareElasticsearch, BareSqlite
from benchmarks.catalogue_data import challenges
from benchmarks.report import Figure, Timing, side_by_side
from domain.audience import Viewer
from infra.database import Database
from search.catalogue import Catalogue
from search.documents import CatalogueDocument
from search.elasticsearch_catalogue import ElasticsearchCatalogue
from search.queries import CatalogueQuery, Sort
from search.sqlite_catalogue import SqliteCatalogue
from tools.services.elasticsearch import Elasticsearch
from tools.services.local import JARS

COUNT = 100_000
CHUNK = 1_000
ROUNDS = 12
WARM_UP = 8
"""Rounds before: what runs in a fresh Java machine is compiled only after many calls, for peers alike."""
MEMBER = Viewer(person_id="person", organisation_id="factory-007")
# Each with the FTS5 expression that somebody would write by hand.
TEXTS = {
    "振动": '"振 动"',
    "轴承失效": '"轴 承 失 效"',
    "机": '"机"',
    "cnc刀具": '"cnc" AND "刀 具"',
    "bearings failure ": '"bearings" AND "failure"',
    "PLC 数据采集": '"plc" AND "数 据 采 集"',
    "vibrat": '"vibrat" *',
    "se": '"se" *',
    "OPC UA ": '"opc" AND "ua"',
    "漏油 减速机": '"漏 油" AND "减 速 机"',
}
CHOICES: Mapping[str, Mapping[str, Any]] = {
    "one rare factory": {"factories": frozenset({"factory-123"})},
    "two states": {"states": frozenset({"open", "judging"})},
    "a rare skill": {"skills": frozenset({"skill-3-9"})},
    "a state and a reward": {"states": frozenset({"open"}), "reward_min": 5_000},
}
FOUR_CHOICES: Mapping[str, Any] = {
    "states": frozenset({"open"}),
    "skills": frozenset({"skill-0-0", "skill-1-0"}),
    "industries": frozenset({"machining", "quality"}),
    "reward_min": 5_000,
}


def run() -> list[Figure]:
    """Both backends, one after the other, each with the same 100,000 documents."""
    with tempfile.TemporaryDirectory(prefix="jiebang-benchmark-") as folder:
        return [*_sqlite(Path(folder)), *_elasticsearch(Path(folder))]


def _sqlite(folder: Path) -> list[Figure]:
    path = folder / "catalogue.sqlite3"
    database = Database(f"sqlite:///{path}")
    catalogue = SqliteCatalogue(database)
    try:
        step = _fill(catalogue)
        figures = _figures("SQLite", catalogue, BareSqlite(path, MEMBER))
    finally:
        database.close()
    return [
        *figures,
        Figure("SQLite: longest step of a rebuild", step, "ms", reach="≤ 50 ms", reached=step <= 50),
    ]


def _elasticsearch(folder: Path) -> list[Figure]:
    node = Elasticsearch(folder / "elasticsearch", JARS, quick=False)
    node.start()
    try:
        catalogue = ElasticsearchCatalogue(node.url, new_id=lambda: uuid.uuid4().hex, timeout=60)
        _fill(catalogue)
        return _figures("Elasticsearch", catalogue, BareElasticsearch(node.url, MEMBER))
    finally:
        node.stop()


def _fill(catalogue: Catalogue) -> float:
    """Fill the catalogue by a rebuild; returns its longest step in milliseconds."""
    catalogue.prepare()
    progress = catalogue.rebuild(_chunks(), lambda _: None)
    return progress.longest_step * 1e3


def _chunks() -> Iterator[Sequence[CatalogueDocument]]:
    documents = challenges(COUNT)
    while chunk := list(islice(documents, CHUNK)):
        yield chunk


def _figures(engine: str, catalogue: Catalogue, bare: Callable[[str, str], object]) -> list[Figure]:
    """The rows of one backend; `bare` takes the text and its FTS5 expression."""
    beside = [
        (partial(catalogue.search, CatalogueQuery(text=text, viewer=MEMBER)), partial(bare, text, expression))
        for text, expression in TEXTS.items()
    ]
    ours, theirs = side_by_side(beside, ROUNDS, WARM_UP)
    of = f"{engine}: words with five facets"
    peer = f"bare {engine}"
    ratio = ours.milliseconds(50) / theirs.milliseconds(50)
    return [
        Figure(
            f"{of}, p50", ours.milliseconds(50), "ms", peer, theirs.milliseconds(50), "≤ 1.5×", ratio <= 1.5
        ),
        _p99(of, ours, peer, theirs),
        _p99(f"{engine}: words and choices", _timed(map(partial(_search, catalogue), _narrowed()))),
        Figure(f"{engine}: words and four choices at once, p99", _four(catalogue).milliseconds(99), "ms"),
        _p99(f"{engine}: browsing, choices and sorts", _timed(map(partial(_search, catalogue), _browsing()))),
        _p99(f"{engine}: suggestions", _timed(partial(catalogue.suggest, text, MEMBER) for text in TEXTS)),
    ]


def _p99(what: str, timing: Timing, peer: str = "–", beside: Timing | None = None) -> Figure:
    value = timing.milliseconds(99)
    peer_value = None if beside is None else beside.milliseconds(99)
    return Figure(f"{what}, p99", value, "ms", peer, peer_value, "≤ 40 ms", value <= 40)


def _timed(calls: Iterable[Callable[[], object]]) -> Timing:
    (timing,) = side_by_side([(call,) for call in calls], ROUNDS)
    return timing


def _search(catalogue: Catalogue, query: CatalogueQuery) -> Callable[[], object]:
    return partial(catalogue.search, query)


def _four(catalogue: Catalogue) -> Timing:
    queries = (CatalogueQuery(text=text, viewer=MEMBER, **FOUR_CHOICES) for text in TEXTS)
    return _timed(map(partial(_search, catalogue), queries))


def _narrowed() -> Iterator[CatalogueQuery]:
    for text in TEXTS:
        for choices in CHOICES.values():
            yield CatalogueQuery(text=text, viewer=MEMBER, **choices)


def _browsing() -> Iterator[CatalogueQuery]:
    for sort in Sort:
        for choices in ({}, *CHOICES.values()):
            yield CatalogueQuery(viewer=MEMBER, sort=sort, **choices)
