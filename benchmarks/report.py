"""What every benchmark shares: timing side by side, figures, and the table that is printed."""

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: what was measured, and beside what.

    `value` and `peer_value` are in `unit`. `reach` says what was asked for, and `reached` whether it was
    met; both stay empty where a row only informs.
    """

    what: str
    value: float
    unit: str
    peer: str = "–"
    peer_value: float | None = None
    reach: str = ""
    reached: bool | None = None

    @property
    def ratio(self) -> float | None:
        """`value` in terms of the peer's."""
        return self.value / self.peer_value if self.peer_value else None


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the same kind of call took, in seconds, one entry for each call."""

    seconds: Sequence[float]

    def milliseconds(self, percentile: float) -> float:
        """The given percentile (0 to 100) in milliseconds."""
        return float(np.percentile(self.seconds, percentile)) * 1e3


def side_by_side(
    calls: Sequence[tuple[Callable[[], object], ...]], rounds: int, warm_up: int = 1
) -> tuple[Timing, ...]:
    """Time each tuple of peers call by call in turn, so that what disturbs the machine meets all peers alike.

    Returns a Timing for each position in the tuples, over all calls and `rounds`.
    """
    taken: list[list[float]] = [[] for _ in calls[0]]
    for round_ in range(warm_up + rounds):
        for peers in calls:
            for position, call in enumerate(peers):
                started = time.perf_counter()
                call()
                if round_ >= warm_up:
                    taken[position].append(time.perf_counter() - started)
    return tuple(Timing(seconds) for seconds in taken)


def machine() -> str:
    """The machine's facts in one line."""
    cpu = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        cpu = models[0] if models else cpu
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} × {cpu}, {system}, load {load}"


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    head = ("what", "measured", "beside", "peer", "ratio", "reach", "met")
    rows = [head, tuple("---" for _ in head), *map(_row, figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(figure: Figure) -> tuple[str, ...]:
    met = {None: "", True: "yes", False: "NO"}[figure.reached]
    beside = "–" if figure.peer_value is None else _number(figure.peer_value, figure.unit)
    ratio = "–" if figure.ratio is None else f"{figure.ratio:.2f}×"
    return (figure.what, _number(figure.value, figure.unit), figure.peer, beside, ratio, figure.reach, met)


def _number(value: float, unit: str) -> str:
    digits = 0 if abs(value) >= 1_000 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}"
