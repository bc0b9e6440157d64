"""Keeps how each project stands."""

from collections.abc import Sequence
from typing import ClassVar

from domain import events
from domain.events import Event, EventRecord
from domain.ports import UnitOfWork
from domain.progress import progress_of


class Progress:
    """A Processor: the figures of every project that moved."""

    name: ClassVar[str] = "progress"
    consumes: ClassVar[tuple[type[Event], ...]] = (
        events.ProjectPlanned,
        events.ProjectActivated,
        events.MilestoneSubmitted,
        events.MilestoneSigned,
        events.MilestoneReturned,
        events.MilestoneOverdue,
        events.ProjectDelivered,
        events.ProjectAccepted,
        events.ProjectStopped,
    )

    def handle(self, batch: Sequence[EventRecord], work: UnitOfWork) -> None:
        projects = work.projects.find(record.subject for record in batch)
        work.progress.save([progress_of(project, work.now()) for project in projects.values()])
