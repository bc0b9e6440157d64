"""The same ranking as somebody would write it with numpy, on posting lists made for it."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.matching_data import Teams
from benchmarks.matching_tables import Floats, Tables
from domain.matching import Need, Policy, Taxonomy


class NumpyPeer:
    """Posting lists in arrays; each query fills a column for each asked skill and takes the best k."""

    def __init__(self, teams: Teams, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        profiles = teams.profiles
        order = np.argsort(profiles.skills, kind="stable")
        owners = np.repeat(np.arange(len(teams), dtype=np.int32), np.diff(profiles.starts))
        self._rows, self._bytes = owners[order], profiles.levels[order]
        self._bounds = np.searchsorted(profiles.skills[order], np.arange(len(taxonomy) + 1))
        self._counts = np.diff(profiles.starts)
        self._teams = teams

    def rank(
        self, need: Need, k: int, policy: Policy, full_schools: frozenset[str]
    ) -> list[tuple[int, float]]:
        """The numbers and scores of the k best teams."""
        tables = Tables(need, policy, self._taxonomy, full_schools)
        scores = self._scores(tables)
        scores[~self._passing(tables)] = -np.inf
        threshold = np.partition(scores, len(scores) - k)[len(scores) - k]
        best = np.flatnonzero(scores >= max(threshold, 0.0))
        best = best[np.lexsort((best, -scores[best]))][:k]
        return [(int(row), float(scores[row])) for row in best]

    def _scores(self, tables: Tables) -> Floats:
        policy, size = tables.policy, len(self._teams)
        coverage, earned_ot = np.zeros(size), np.zeros(size)
        for asked, related, is_ot in zip(tables.need.skills, tables.earned, tables.ot, strict=True):
            best = np.zeros(size)
            for skill, by_byte in related.items():
                rows, packed = self._list(skill)
                best[rows] = np.maximum(best[rows], by_byte[packed])
            best *= asked.weight
            coverage += best
            if is_ot:
                earned_ot += best
        useful = np.zeros(size)
        for skill, counts in tables.useful.items():
            rows, packed = self._list(skill)
            useful[rows] += counts[packed]
        share = np.divide(earned_ot, coverage, out=np.zeros(size), where=coverage > 0)
        balance = np.where(coverage > 0, 1 - np.abs(share - tables.ot_share), 0.0)
        by_hours, by_city = tables.fixed
        scores: Floats = (
            policy.coverage * coverage
            + policy.focus * (useful / self._counts)
            + policy.balance * balance
            + by_hours[self._teams.hours]
            + by_city[self._teams.cities]
        )
        return scores

    def _passing(self, tables: Tables) -> NDArray[np.bool_]:
        passing = self._teams.available & tables.admitted(self._teams.school_pairs)
        for skill, fulfils in tables.mandatory.items():
            rows, packed = self._list(skill)
            has = np.zeros(len(passing), dtype=np.bool_)
            has[rows] = fulfils[packed]
            passing = passing & has
        return passing

    def _list(self, skill: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        cells = slice(self._bounds[skill], self._bounds[skill + 1])
        return self._rows[cells], self._bytes[cells]
