"""What a stream processor is, whichever host runs it."""

from collections.abc import Sequence
from typing import ClassVar, Protocol

from domain.events import Event, EventRecord
from domain.ports import IntakeMessage, UnitOfWork


class Processor(Protocol):
    """Takes a batch of events and a unit of work, and leaves rows and further events.

    It knows no Kafka, no transaction and no clock of its own. A batch may hold several events of one
    aggregate; the rows that it reads by id are at least as new as the newest of them.
    """

    name: ClassVar[str]
    consumes: ClassVar[tuple[type[Event], ...]]

    def handle(self, batch: Sequence[EventRecord], work: UnitOfWork) -> None: ...


class IntakeProcessor(Protocol):
    """The same for messages from outside, which may be anything."""

    name: ClassVar[str]

    def handle(self, batch: Sequence[IntakeMessage], work: UnitOfWork) -> None: ...
