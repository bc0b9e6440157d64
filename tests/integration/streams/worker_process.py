"""A worker process for the tests: two processors that leave a row for each event, and the intake.

`python -m tests.integration.streams.worker_process` with the settings in the environment.
"""

import logging
import threading
from collections.abc import Sequence
from typing import ClassVar, cast

from domain.events import Event, EventRecord, OrganisationRenamed
from domain.matching.taxonomy import Taxonomy
from domain.ports import UnitOfWork
from infra.database import Database
from infra.outbox import EVENTS, INTAKE, Message
from infra.settings import Settings
from infra.system import SystemClock, Uuid7Ids
from infra.taxonomies import Taxonomies
from infra.unit_of_work import SqlUnitOfWork, Store
from streams.faust_host import run_worker
from streams.guard import event_guard, intake_guard
from streams.processors.intake import Intake

EFFECTS = "effects"


class Tally:
    """Leaves a row in the outbox for each event that it handles: which processor, which event."""

    name: ClassVar[str] = "tally"
    consumes: ClassVar[tuple[type[Event], ...]] = (OrganisationRenamed,)

    def handle(self, batch: Sequence[EventRecord], work: UnitOfWork) -> None:
        outbox = cast(SqlUnitOfWork, work).outbox
        for record in batch:
            outbox.append_message(Message(EFFECTS, f"{self.name}/{record.id}", {}, None))


class SecondTally(Tally):
    """The same on the same topic, with an inbox of its own."""

    name: ClassVar[str] = "second-tally"


def main() -> None:
    """Run until a signal."""
    logging.basicConfig(level=logging.INFO)
    settings = Settings()
    store = Store(Database(settings.store_url), SystemClock(), Uuid7Ids())
    stop = threading.Event()
    events = [event_guard(store, tally, 1, stop) for tally in (Tally(), SecondTally())]
    intake = intake_guard(store, Intake(Taxonomies(Taxonomy.load())), 1, stop)
    run_worker("core", settings, {EVENTS: events, INTAKE: [intake]}, stop)


if __name__ == "__main__":
    main()
