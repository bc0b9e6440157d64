"""Ranking a million teams: the full model beside Elasticsearch, numpy, polars and the memory's speed."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.matching_data import MatchingMarket, Profiles, Teams, team_arrays, team_id
from benchmarks.matching_elasticsearch import ElasticsearchPeer
from benchmarks.matching_numpy import NumpyPeer
from benchmarks.matching_polars import PolarsPeer
from benchmarks.matching_timing import Call, at_most, best_of
from benchmarks.report import Figure
from domain.matching import Hit, Need, Policy, Taxonomy, TeamIndex
from tools.services.elasticsearch import Elasticsearch
from tools.services.local import JARS

K = 20
NEEDS = 200
ROUNDS = 5
BESIDE_NEEDS = 8
BESIDE_ROUNDS = 2
PLAIN_BYTES = 5  # a posting by itself: a team in four bytes and a level in one
PACKED_BYTES = 2  # as the index keeps it: the place in a block, in a list for each level
READING = "reading the asked skills' postings of {} bytes"

WITH, WITHOUT = Policy(), Policy(substitutes=False)
COVERAGE = Policy(coverage=1.0, focus=0.0, balance=0.0, availability=0.0, site=0.0, substitutes=False)


@dataclass(frozen=True)
class Stage:
    """A market of some size with its index."""

    market: MatchingMarket
    teams: Teams
    index: TeamIndex

    @classmethod
    def of(cls, size: int, taxonomy: Taxonomy) -> "Stage":
        """Draw the teams and index them."""
        market = MatchingMarket(taxonomy)
        teams = market.teams(size)
        return cls(market, teams, TeamIndex.from_arrays(team_arrays(teams), taxonomy))

    def rank(self, need: Need, policy: Policy) -> Callable[[], list[Hit]]:
        """Ask the engine for the best teams."""
        return partial(self.index.rank, need, K, policy, full_schools=self.market.full_schools)

    def timed(self, policy: Policy, rounds: int = ROUNDS, needs: int = NEEDS) -> tuple[float, float]:
        """The median and the 99th percentile over needs, in milliseconds."""
        (found,) = best_of(rounds, [(self.rank(need, policy),) for need in self.market.needs(needs)])
        return found.milliseconds(50), found.milliseconds(99)


def figures(stage: Stage) -> list[Figure]:
    """The rows of rankings over all of a stage's teams, and over a tenth of them."""
    taxonomy = stage.market.taxonomy
    of, of_fewer = (f"{size:,} teams" for size in (len(stage.teams), len(stage.teams) // 10))
    return [
        *_engine(of, stage, {WITH: (15.0, 40.0), WITHOUT: (4.0, 8.0)}),
        *_beside_arrays(of, stage),
        *_coverage_only(of, stage),
        *_beside_elasticsearch(of, stage),
        *_engine(
            of_fewer,
            Stage.of(len(stage.teams) // 10, taxonomy),
            {WITH: (1.5, None), WITHOUT: (0.4, None)},
        ),
    ]


def _name(policy: Policy) -> str:
    return "full model" if policy.substitutes else "full model, no substitutes"


def _engine(of: str, stage: Stage, reach: dict[Policy, tuple[float, float | None]]) -> Iterator[Figure]:
    for policy, (half, most) in reach.items():
        p50, p99 = stage.timed(policy)
        yield at_most(f"{of}, {_name(policy)}, p50", p50, "ms", half)
        if most is not None:
            yield at_most(f"{of}, {_name(policy)}, p99", p99, "ms", most)


def _beside_arrays(of: str, stage: Stage) -> Iterator[Figure]:
    taxonomy, schools = stage.market.taxonomy, stage.market.full_schools
    numpy_peer, polars_peer = NumpyPeer(stage.teams, taxonomy), PolarsPeer(stage.teams, taxonomy)
    reading = Reading(stage.teams.profiles, taxonomy, PACKED_BYTES)
    for policy in (WITH, WITHOUT):
        needs = stage.market.needs(BESIDE_NEEDS)
        for need in needs:
            _same(stage.rank(need, policy)(), numpy_peer.rank(need, K, policy, schools))
        found = best_of(
            BESIDE_ROUNDS,
            [
                (
                    stage.rank(need, policy),
                    partial(numpy_peer.rank, need, K, policy, schools),
                    partial(polars_peer.rank, need, K, policy, schools),
                    reading.of(need),
                )
                for need in needs
            ],
        )
        ours, *peers = (one.milliseconds(50) for one in found)
        names = ("numpy, the same result", "polars, the same result", READING.format(PACKED_BYTES))
        for name, peer in zip(names, peers, strict=True):
            yield Figure(f"{of}, {_name(policy)}, p50", ours, "ms", name, peer)


def _same(hits: Sequence[Hit], peer: Sequence[tuple[int, float]]) -> None:
    """Raises AssertionError where a peer found other teams or scores."""
    assert [hit.id for hit in hits] == [team_id(number) for number, _ in peer]
    assert np.allclose([hit.score for hit in hits], [score for _, score in peer], rtol=0, atol=1e-12)


class Reading:
    """Reading postings and nothing else: what memory allows at best."""

    def __init__(self, profiles: Profiles, taxonomy: Taxonomy, posting_bytes: int) -> None:
        counts = np.bincount(profiles.skills, minlength=len(taxonomy))
        self._lists = [np.ones(count * posting_bytes // 8 + 1, dtype=np.uint64) for count in counts]
        self._taxonomy = taxonomy

    def of(self, need: Need) -> Call:
        """Read the postings of the asked skills."""
        lists = [self._lists[self._taxonomy.index_of(asked.skill)] for asked in need.skills]
        return lambda: [np.add.reduce(one) for one in lists]


def _coverage_only(of: str, stage: Stage) -> Iterator[Figure]:
    """The bound is what the teams and levels of the asked skills take up as such, the unit that the index's
    memory is measured by. Beside what the index packs them into it informs: packing them closer must not
    raise what is asked for.
    """
    profiles, taxonomy = stage.teams.profiles, stage.market.taxonomy
    plain, packed = (Reading(profiles, taxonomy, size) for size in (PLAIN_BYTES, PACKED_BYTES))
    calls = [
        (stage.rank(need, COVERAGE), plain.of(need), packed.of(need)) for need in stage.market.needs(NEEDS)
    ]
    ours, bound, closer = (one.milliseconds(50) for one in best_of(ROUNDS, calls))
    what = f"{of}, coverage only, p50"
    yield Figure(what, ours, "ms", READING.format(PLAIN_BYTES), bound, "≤ 8×", ours <= 8 * bound)
    yield Figure(what, ours, "ms", READING.format(PACKED_BYTES), closer)


def _beside_elasticsearch(of: str, stage: Stage) -> Iterator[Figure]:
    with _node() as url:
        peer = ElasticsearchPeer(url, stage.market.taxonomy)
        peer.fill(stage.teams)
        for policy in (WITH, WITHOUT):
            yield from _beside_one_query(of, stage, policy, "every level's credit", peer.rank)
        yield from _beside_one_query(of, stage, WITHOUT, "skills alone", peer.rank_simply)


def _beside_one_query(
    of: str, stage: Stage, policy: Policy, how: str, query: Callable[..., list[int]]
) -> Iterator[Figure]:
    needs, schools = stage.market.needs(BESIDE_NEEDS), stage.market.full_schools
    calls = [(stage.rank(need, policy), partial(query, need, K, policy, schools)) for need in needs]
    ours, theirs = (one.milliseconds(50) for one in best_of(BESIDE_ROUNDS, calls))
    name = f"Elasticsearch, a boost for {how}"
    yield Figure(f"{of}, {_name(policy)}, p50", ours, "ms", name, theirs)
    found = [
        len(
            {hit.id for hit in stage.index.rank(need, K, policy, full_schools=schools)}
            & set(map(team_id, ids))
        )
        for need in needs
        for ids in (query(need, K, policy, schools),)
    ]
    yield Figure(f"{of}: of the exact best {K}, {name} finds", float(np.mean(found)), "teams")


@contextmanager
def _node() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="jiebang-benchmark-") as folder:
        node = Elasticsearch(Path(folder), JARS, quick=False)
        node.start()
        try:
            yield node.url
        finally:
            node.stop()
