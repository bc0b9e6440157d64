"""A processor whose effects can be counted, and which fails where it is told to."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from domain.events import Event, EventRecord, OrganisationRenamed
from infra.outbox import Message
from infra.unit_of_work import SqlUnitOfWork


class Echo:
    """Leaves a message of the topic "effects" for each event, under its id: twice done shows twice."""

    name: ClassVar[str] = "echo"
    consumes: ClassVar[tuple[type[Event], ...]] = (OrganisationRenamed,)

    def __init__(self, fail: Callable[[EventRecord], Exception | None] = lambda _: None) -> None:
        self.fail = fail
        self.batches: list[list[str]] = []

    def handle(self, batch: Sequence[EventRecord], work: SqlUnitOfWork) -> None:
        self.batches.append([record.id for record in batch])
        for record in batch:
            work.outbox.append_message(Message("effects", record.id, {}, b""))
            error = self.fail(record)
            if error is not None:
                raise error
