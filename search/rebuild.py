"""A new index from the database, without a pause for writers or readers.

First every writer writes to the old and the new index. Only then does the scan of the database begin:
what changed before it is in the rows, what changes after it is written to both, and versions settle what
is written twice. The swap comes last.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from infra.pace import Pace
from search.catalogue import RebuildProgress, Report
from search.documents import CatalogueDocument

Target = TypeVar("Target")

AIM_SECONDS = 0.010
"""A fifth of what a writer may be held up by a rebuild, because one step may take longer than the last."""
FIRST_STEP = 20
LARGEST_STEP = 2_000
"""Reached only where no other writer waits: where one does, time is the bound, whatever the number."""


class Rebuildable(Protocol[Target]):
    """What a backend offers to be rebuilt."""

    def begin(self) -> Target:
        """Make an empty index that all writers write to from now on; drops an abandoned one."""
        ...

    def fill(self, target: Target, documents: Sequence[CatalogueDocument]) -> float:
        """Write scanned documents to the new index only; returns the seconds that other writers waited.

        Raises RebuildOvertaken where the new index is gone.
        """
        ...

    def swap(self, target: Target) -> None:
        """Let searches read the new index, and remove the old one."""
        ...

    def discard(self, target: Target) -> None:
        """Remove the new index."""
        ...


def steps() -> Pace:
    """How many documents, or leftovers, to write at a time."""
    return Pace(AIM_SECONDS, FIRST_STEP, LARGEST_STEP)


def rebuild(
    backend: Rebuildable[Target], scan: Iterator[Sequence[CatalogueDocument]], report: Report
) -> RebuildProgress:
    """Run all steps; `report` is told after each. Steps adapt to the machine, aiming at 10 ms each."""
    target = backend.begin()
    progress = RebuildProgress(0, 0, 0.0)
    pace = steps()
    try:
        for chunk in scan:
            done = 0
            while done < len(chunk):
                step = chunk[done : done + pace.size]
                held = backend.fill(target, step)
                pace.learn(len(step), held)
                done += len(step)
                progress = progress.after(len(step), held)
                report(progress)
        backend.swap(target)
    except BaseException:
        backend.discard(target)
        raise
    return progress
