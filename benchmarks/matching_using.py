"""What goes with rankings of a million teams: explanations, changes, memory, and building the index."""

import gc
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import psycopg

from benchmarks.matching_data import MatchingMarket, school, team_arrays, team_id, team_rows
from benchmarks.matching_ranking import WITH, K, Stage
from benchmarks.matching_timing import at_most, best_of
from benchmarks.report import Figure, Timing
from domain.matching import Explanation, Hit, Levels, Need, Supply, TeamIndex
from domain.matching.explainer import Explainer
from domain.matching.ranking import Places
from infra.database import Database
from infra.schema import migrate
from infra.supplies import all_teams
from tools.services.postgres import Postgres

EXPLAINED_NEEDS = 50
CHANGES = 1_500  # enough for the index to move its recent changes into its main part once
POSTING_BYTES = 5
MEGABYTE = 1e6


def figures(stage: Stage) -> list[Figure]:
    """All rows; the stage's index holds changed teams afterwards."""
    of = f"{len(stage.teams):,} teams"
    return [
        _explanations(of, stage),
        *_memory(of, stage),
        *_changes(of, stage),
        *_built_from_memory(of, stage),
        _built_from_database(of, stage),
    ]


def _explanations(of: str, stage: Stage) -> Figure:
    needs = stage.market.needs(EXPLAINED_NEEDS)
    ranked = [(need, stage.rank(need, WITH)()) for need in needs]
    (found,) = best_of(3, [(partial(explained, stage, need, hits),) for need, hits in ranked])
    return at_most(f"{of}, the best {K} explained with counterfactual ranks", found.milliseconds(50), "ms", 1)


def explained(stage: Stage, need: Need, hits: Sequence[Hit]) -> list[Explanation]:
    """The explanations of a page of hits, as the API makes them once it has the teams' members."""
    market = stage.market
    explainer, places = Explainer(need, market.taxonomy, WITH, full_schools=market.full_schools), Places(hits)
    supplies = [stage.index.supply(hit.id) for hit in hits]
    return [explainer.explain(supply, (), places) for supply in supplies if supply is not None]


def _memory(of: str, stage: Stage) -> Iterator[Figure]:
    postings, ids = len(stage.teams.profiles.skills), len(stage.teams) * len(team_id(0))
    peer = f"{POSTING_BYTES} bytes for each of {postings:,} postings"
    at_best = postings * POSTING_BYTES / MEGABYTE
    yield at_most(
        f"{of}, memory of the index without ids",
        (stage.index.nbytes - ids) / MEGABYTE,
        "MB",
        80,
        peer,
        at_best,
    )
    yield Figure(f"{of}, memory of the index with ids", stage.index.nbytes / MEGABYTE, "MB")


def _changes(of: str, stage: Stage) -> Iterator[Figure]:
    """Teams become the best for a need, one after the other, and each is ranked first at once."""
    need = stage.market.needs(1)[0]
    seconds = []
    for number in range(CHANGES):
        changed = _ideal(need, team_id(number), stage.market)
        started = time.perf_counter()
        stage.index.upsert(changed)
        seconds.append(time.perf_counter() - started)
        if number % 100 == 0:
            first = stage.rank(need, WITH)()[0]
            assert (first.id, first.rank) == (team_id(0), 1)
            assert stage.index.score(need, [changed.team_id]) == {changed.team_id: first.score}
    yield at_most(f"{of}, a changed team visible in ranks, p50", Timing(seconds).milliseconds(50), "ms", 5)
    yield Figure(f"{of}, the slowest of {CHANGES:,} changes", max(seconds) * 1e3, "ms")


def _ideal(need: Need, id: str, market: MatchingMarket) -> Supply:
    held = {asked.skill: Levels(certified=5) for asked in need.skills}
    schools = (need.eligible_schools or {school(number) for number in range(10)}) - market.full_schools
    return Supply(id, 2, held, frozenset(schools), need.hours_per_week, need.city, need.province)


def _built_from_memory(of: str, stage: Stage) -> Iterator[Figure]:
    taxonomy = stage.market.taxonomy
    arrays = team_arrays(stage.teams)
    seconds = _build_seconds(lambda: TeamIndex.from_arrays(arrays, taxonomy), len(arrays))
    yield at_most(f"{of}, index built from arrays", seconds, "s", 2)
    rows = team_rows(stage.teams, taxonomy)
    seconds = _build_seconds(lambda: TeamIndex.from_profiles(rows, taxonomy), len(rows))
    yield Figure(f"{of}, index built from rows in memory", seconds, "s")


def _build_seconds(build: Callable[[], TeamIndex], teams: int) -> float:
    gc.collect()
    started = time.perf_counter()
    index = build()
    seconds = time.perf_counter() - started
    assert len(index) == teams
    return seconds


def _built_from_database(of: str, stage: Stage) -> Figure:
    with tempfile.TemporaryDirectory(prefix="jiebang-benchmark-") as folder:
        server = Postgres(Path(folder))
        server.start()
        try:
            database = Database(server.url)
            migrate(database)
            _copy(server.url, stage)
            started = time.perf_counter()
            with database.read() as connection:
                rows = all_teams(connection)
            index = TeamIndex.from_profiles(rows, stage.market.taxonomy)
            seconds = time.perf_counter() - started
            database.close()
        finally:
            server.stop()
    assert len(index) == len(stage.teams)
    return at_most(f"{of}, index built from PostgreSQL", seconds, "s", 20)


def _copy(url: str, stage: Stage) -> None:
    """Put the teams into the database; one student is the captain of all."""
    organisation = "INSERT INTO organisations (id, version, kind, name_zh, name_en, city, province)"
    columns = "id, version, title, captain_id, school_ids, hours_per_week, city, province, locked, profile"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=False) as connection:
        connection.execute(f"{organisation} VALUES ('school', 1, 'school', '样例', 'Sample', '苏州', '江苏')")
        connection.execute(
            "INSERT INTO people (id, version, organisation_id, login, name_zh, name_en, roles, capacity)"
            " VALUES ('captain', 1, 'school', 'captain', '样例学生', 'Sample student', '[]', 0)"
        )
        connection.execute("INSERT INTO students (id, version, school_id) VALUES ('captain', 1, 'school')")
        with connection.cursor().copy(f"COPY teams ({columns}) FROM STDIN") as copy:
            for row in team_rows(stage.teams, stage.market.taxonomy):
                schools = "[" + ", ".join(f'"{name}"' for name in row.schools) + "]"
                place = (row.city, row.province)
                values = (row.team_id, 1, "样例团队", "captain", schools, row.hours_per_week, *place)
                place = (row.city, row.province)
                values = (row.team_id, 1, "样例团队", "captain", schools, row.hours_per_week, *place)
                copy.write_row((*values, not row.available, row.profile))
        connection.execute("ANALYZE teams")
