"""How rankings grow from 10,000 to 3,000,000 teams: rows, and a chart.

`python -m benchmarks.matching_growth FILE.svg` measures and draws.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.matching_ranking import WITH, WITHOUT, Stage
from benchmarks.report import Figure, machine, table
from domain.matching import Need, Taxonomy

SIZES = (10_000, 100_000, 1_000_000, 3_000_000)
NEEDS, ROUNDS = 60, 3
NOISE = 1.15  # how much more a posting may cost before it counts as worse than linear


@dataclass(frozen=True, slots=True)
class Point:
    """A size with the median times and the postings that a need concerns: of the same skills, and of kin."""

    teams: int
    exact: float
    exact_postings: float
    substituted: float
    substituted_postings: float


def figures() -> list[Figure]:
    """The times by size, and what a posting costs at the end compared with the beginning."""
    return rows(measure(SIZES))


def measure(sizes: Sequence[int]) -> list[Point]:
    """The points of the chart, each with a market of its own."""
    taxonomy = Taxonomy.load()
    return [_point(Stage.of(size, taxonomy)) for size in sizes]


def rows(points: Sequence[Point]) -> list[Figure]:
    """The points as rows."""
    found = [
        figure
        for point in points
        for figure in (
            Figure(f"growth: {point.teams:,} teams, p50", point.substituted, "ms"),
            Figure(f"growth: {point.teams:,} teams, no substitutes, p50", point.exact, "ms"),
        )
    ]
    small, large = points[-2], points[-1]
    cost = (large.substituted / large.substituted_postings) / (small.substituted / small.substituted_postings)
    what = f"growth: cost of a posting at {large.teams:,} teams, in that at {small.teams:,}"
    return [*found, Figure(what, cost, "×", reach=f"≤ {NOISE}×", reached=cost <= NOISE)]


def _point(stage: Stage) -> Point:
    needs = stage.market.needs(NEEDS)
    counts = np.bincount(stage.teams.profiles.skills, minlength=len(stage.market.taxonomy))
    return Point(
        len(stage.teams),
        stage.timed(WITHOUT, ROUNDS, NEEDS)[0],
        float(np.median([counts[_asked(need, stage.market.taxonomy)].sum() for need in needs])),
        stage.timed(WITH, ROUNDS, NEEDS)[0],
        float(np.median([counts[_kin(need, stage.market.taxonomy)].sum() for need in needs])),
    )


def _asked(need: Need, taxonomy: Taxonomy) -> list[int]:
    return [taxonomy.index_of(asked.skill) for asked in need.skills]


def _kin(need: Need, taxonomy: Taxonomy) -> list[int]:
    families = {taxonomy.skill(asked.skill).family for asked in need.skills}
    return [index for family in families for index in taxonomy.indexes_in(family)]


def draw(points: Sequence[Point], path: Path) -> None:
    """Write the chart as SVG; the same points give the same file."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    with mpl.rc_context({"svg.hashsalt": "jiebang", "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure, axes = plt.subplots(figsize=(7.2, 4.2), layout="constrained")
        teams = [point.teams for point in points]
        for label, values, colour, above in (
            ("substitutes by taxonomy", [point.substituted for point in points], "#0054a6", 7),
            ("no substitutes", [point.exact for point in points], "#d6336c", -13),
        ):
            axes.plot(teams, values, marker="o", color=colour, label=label)
            for x, y in zip(teams, values, strict=True):
                axes.annotate(
                    f"{y:.2g} ms", (x, y), xytext=(0, above), textcoords="offset points", fontsize=8
                )
        last = points[-1]
        linear = [last.substituted * count / last.teams for count in teams]
        axes.plot(teams, linear, color="#868e96", linestyle=":", label="linear in the postings")
        axes.set(xscale="log", yscale="log", xlabel="teams", ylabel="exact top 20, median, one thread (ms)")
        axes.grid(visible=True, which="major", alpha=0.3)
        axes.legend(frameon=False)
        figure.savefig(path, format="svg", metadata={"Date": None})
        plt.close(figure)


if __name__ == "__main__":
    measured = measure(SIZES)
    print(machine(), "", table(rows(measured)), sep="\n")
    draw(measured, Path(sys.argv[1]))
