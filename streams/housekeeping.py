"""Removes what has served its time, in small transactions between everybody else's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from infra import checkpoints, retention
from infra.file_sweeper import FileSweeper
from infra.settings import Settings
from infra.unit_of_work import SqlUnitOfWork, Store
from streams.patience import Stop

MOST = 100
"""Rows in a transaction: SQLite's writers wait for one another."""
REQUESTS_KEPT = timedelta(hours=24)
LOG_KEPT = timedelta(hours=1)
"""How long the embedded log stays readable behind every checkpoint, for whoever looks after a fault."""

Step = Callable[[SqlUnitOfWork], int]


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """One round removes everything that is due, and puts uploaded files in their places.

    Any number of processes may keep house. `consumers` are those of the local host, if there is one.
    """

    store: Store
    settings: Settings
    files: FileSweeper
    consumers: Sequence[str] = ()

    def run(self, stop: Stop) -> int:
        """Returns how many rows and files were removed; ends early where `stop` says so."""
        removed = sum(self._repeat(step, stop) for step in self._steps())
        # Last, because a full disk must not keep rows from being removed.
        swept = self.files.sweep(stop.is_set)
        return removed + swept.forgotten + swept.removed

    def _repeat(self, step: Step, stop: Stop) -> int:
        removed = 0
        while not stop.is_set():
            with self.store.begin() as work:
                some = step(work)
                work.commit()
            removed += some
            if some < MOST:
                break
        return removed

    def _steps(self) -> list[Step]:
        log = self._scaled_log() if self.settings.scaled else self._embedded_log()
        settled = timedelta(days=self.settings.inbox_retention_days)
        return [
            *log,
            lambda work: retention.forget_requests(work.connection, work.now() - REQUESTS_KEPT, MOST),
            lambda work: retention.end_sessions(work.connection, work.now(), MOST),
            lambda work: retention.purge_deliveries(work.connection, work.now() - settled, MOST),
        ]

    def _scaled_log(self) -> list[Step]:
        sent = timedelta(days=self.settings.sent_retention_days)
        claimed = timedelta(days=self.settings.inbox_retention_days)
        return [
            lambda work: retention.purge_sent(work.connection, work.now() - sent, MOST),
            lambda work: retention.prune_inbox(work.connection, work.now() - claimed, MOST),
        ]

    def _embedded_log(self) -> list[Step]:
        """What lies behind every checkpoint never comes again: neither its messages nor claims are needed."""
        with self.store.database.read() as connection:
            found = checkpoints.positions(connection, self.consumers)
            slowest = min(found.values(), default=0)
            waiting = retention.waiting_since(connection, slowest)
        return [
            lambda work: retention.purge_passed(work.connection, slowest, work.now() - LOG_KEPT, MOST),
            partial(_prune_passed, waiting=waiting),
        ]


def _prune_passed(work: SqlUnitOfWork, waiting: datetime | None) -> int:
    """A claim made before the first waiting message was written is of one that stands before it."""
    kept = work.now() - LOG_KEPT
    return retention.prune_inbox(work.connection, min(kept, waiting or kept), MOST)
