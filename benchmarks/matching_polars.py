"""The same ranking as somebody would write it with polars, on frames made for it."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.matching_data import PACKED_LEVELS, Teams
from benchmarks.matching_tables import Tables
from domain.matching import Need, Policy, Taxonomy

if TYPE_CHECKING:
    import polars


class PolarsPeer:
    """A frame for each skill; each query joins the related ones with their credit and groups by team.

    It uses one thread, if polars was not loaded before.
    """

    def __init__(self, teams: Teams, taxonomy: Taxonomy) -> None:
        os.environ.setdefault("POLARS_MAX_THREADS", "1")
        import polars  # the number of threads is read when it is loaded

        self._polars, self._taxonomy = polars, taxonomy
        self._school_pairs = teams.school_pairs
        profiles = teams.profiles
        counts = np.diff(profiles.starts)
        frame = polars.DataFrame(
            {
                "team": np.repeat(np.arange(len(teams), dtype=np.uint32), counts),
                "skill": profiles.skills,
                "level": profiles.levels,
            }
        )
        self._lists: Mapping[Any, polars.DataFrame] = frame.partition_by("skill", as_dict=True)
        self._fixed = polars.DataFrame(
            {
                "team": np.arange(len(teams), dtype=np.uint32),
                "skills": counts.astype(np.uint8),
                "hours": teams.hours,
                "city": teams.cities,
                "available": teams.available,
            }
        ).set_sorted("team")

    def rank(
        self, need: Need, k: int, policy: Policy, full_schools: frozenset[str]
    ) -> list[tuple[int, float]]:
        """The numbers and scores of the k best of the teams that have a related skill."""
        pl, tables = self._polars, Tables(need, policy, self._taxonomy, full_schools)
        lists = [self._lists[(skill,)].lazy() for skill in tables.useful]
        best = (
            pl.concat(lists)
            .join(self._credit(tables).lazy(), on=["skill", "level"])
            .group_by("team")
            .agg(pl.col("useful", "fulfilled").sum(), pl.col("^earned_.*$").max())
            .filter(pl.col("fulfilled") == len(tables.mandatory))
        )
        found = (
            best.join(self._fixed_terms(tables), on="team")
            .select("team", self._score(tables).alias("score"))
            .sort(["score", "team"], descending=[True, False])
            .head(k)
            .collect()
        )
        return list(found.iter_rows())

    def _credit(self, tables: Tables) -> "polars.DataFrame":
        """What each related skill earns at each level: a column for each asked skill."""
        pl, nothing = self._polars, np.zeros(PACKED_LEVELS)
        related = list(tables.useful)
        unfulfilled = np.zeros(PACKED_LEVELS, dtype=np.bool_)
        columns = {
            "skill": np.repeat(np.array(related, dtype=np.uint16), PACKED_LEVELS),
            "level": np.tile(np.arange(PACKED_LEVELS, dtype=np.uint8), len(related)),
            "useful": np.concatenate(list(tables.useful.values())),
            "fulfilled": np.concatenate([tables.mandatory.get(skill, unfulfilled) for skill in related]),
        }
        for place, earned in enumerate(tables.earned):
            columns[f"earned_{place}"] = np.concatenate([earned.get(skill, nothing) for skill in related])
        frame: polars.DataFrame = pl.DataFrame(columns)
        return frame

    def _fixed_terms(self, tables: Tables) -> "polars.LazyFrame":
        """The teams that pass the other gates, with the terms that no skill changes."""
        pl = self._polars
        by_hours, by_city = (pl.lit(pl.Series(values)) for values in tables.fixed)
        admitted = pl.lit(pl.Series(tables.admitted(self._school_pairs)))
        return (
            self._fixed.lazy()
            .filter(pl.col("available") & admitted)
            .select(
                "team",
                "skills",
                by_hours.gather(pl.col("hours")).alias("by_hours"),
                by_city.gather(pl.col("city")).alias("by_city"),
            )
        )

    def _score(self, tables: Tables) -> "polars.Expr":
        pl, policy = self._polars, tables.policy
        weighed = [pl.col(f"earned_{place}") * asked.weight for place, asked in enumerate(tables.need.skills)]
        coverage = pl.sum_horizontal(weighed)
        of_ot = [one for one, is_ot in zip(weighed, tables.ot, strict=True) if is_ot]
        earned_ot = pl.sum_horizontal(of_ot) if of_ot else pl.lit(0.0)
        balance = (
            pl.when(coverage > 0).then(1 - (earned_ot / coverage - tables.ot_share).abs()).otherwise(0.0)
        )
        score: polars.Expr = (
            policy.coverage * coverage
            + policy.focus * (pl.col("useful") / pl.col("skills"))
            + policy.balance * balance
            + pl.col("by_hours")
            + pl.col("by_city")
        )
        return score
