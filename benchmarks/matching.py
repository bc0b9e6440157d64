"""The matching engine, `python -m benchmarks matching`; some parts: `python -m benchmarks.matching PART…`."""

import sys
from collections.abc import Callable, Sequence

from benchmarks import (
    matching_allocation,
    matching_formation,
    matching_growth,
    matching_quality,
    matching_ranking,
    matching_using,
)
from benchmarks.report import Figure, machine, table
from domain.matching import Taxonomy

TEAMS = 1_000_000


def _million() -> list[Figure]:
    stage = matching_ranking.Stage.of(TEAMS, Taxonomy.load())
    return [*matching_ranking.figures(stage), *matching_using.figures(stage)]


PARTS: dict[str, Callable[[], list[Figure]]] = {
    "teams": _million,
    "growth": matching_growth.figures,
    "allocation": matching_allocation.figures,
    "formation": matching_formation.figures,
    "quality": matching_quality.figures,
}


def run(parts: Sequence[str] = tuple(PARTS)) -> list[Figure]:
    """The rows of all parts."""
    found: list[Figure] = []
    for part in parts:
        print(f"matching: {part} …", file=sys.stderr, flush=True)
        found += PARTS[part]()
    return found


if __name__ == "__main__":
    unknown = set(sys.argv[1:]) - set(PARTS)
    if unknown:
        raise SystemExit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    print(machine(), "", table(run(sys.argv[1:] or tuple(PARTS))), sep="\n")
