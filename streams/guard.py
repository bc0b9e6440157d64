"""Stands between a host and a processor: every message takes effect once, is put aside, or waits.

A host (Faust, or the loop over the outbox) hands over batches of bytes; nothing that a message or a
service does reaches it as an exception, because a host that sees one loses the message.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

from domain.errors import DomainError, UnknownEvent
from domain.events import Event, EventRecord
from domain.ports import DeadLetter, IntakeMessage
from infra.unit_of_work import SqlUnitOfWork, Store
from streams import metrics
from streams.messages import RawMessage
from streams.patience import DEFAULT_BACKOFF, Backoff, Patience, Status, Stop
from streams.readers import EventReader, IntakeReader, Reader

log = logging.getLogger(__name__)

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)
Also = Callable[[SqlUnitOfWork], None]


class Handler(Protocol[T_contra]):
    """A processor, whatever it handles; `domain.processing.Processor` is one."""

    @property
    def name(self) -> str: ...

    def handle(self, batch: Sequence[T_contra], work: SqlUnitOfWork) -> None: ...


class EventHandler(Handler[EventRecord], Protocol):
    """A processor of domain events."""

    @property
    def consumes(self) -> tuple[type[Event], ...]: ...


@dataclass(frozen=True, slots=True)
class Taken(Generic[T]):
    """A message that was read, with its key in the inbox."""

    message: RawMessage
    key: str
    item: T


def _nothing(_: SqlUnitOfWork) -> None:
    pass


class Guard(Generic[T]):
    """Runs one processor on batches, in the thread that calls; use it from one thread at a time.

    The claim in the inbox, the effects and the dead letters commit together.
    """

    def __init__(
        self,
        store: Store,
        processor: Handler[T],
        reader: Reader[T],
        generation: int,
        stop: Stop,
        backoff: Backoff = DEFAULT_BACKOFF,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = processor.name
        self.topic = reader.topic
        self.generation = generation
        self._store = store
        self._processor = processor
        self._reader = reader
        self._patience = Patience(processor.name, stop, backoff, monotonic)

    @property
    def status(self) -> Status:
        """What the guard does now; may be read from any thread."""
        return self._patience.status

    def concerns(self, batch: Sequence[RawMessage]) -> bool:
        """Whether any of the messages has to be read; where none has, the batch needs no `run`."""
        return any(map(self._reader.concerns, batch))

    def run(self, batch: Sequence[RawMessage], also: Also = _nothing) -> None:
        """Let the batch take effect, in its order, and commit; raises nothing but Stopped.

        `also` joins the last transaction (a checkpoint of the batch, say). A passing failure is retried in
        place. A message that the processor fails on, or that breaks its contract, becomes a dead letter.
        An event of an unknown type or version is waited on: a newer release may know it.
        """
        with metrics.BATCH_SECONDS.labels(self.name).time():
            taken, letters, unknown = self._read(batch)
            while unknown is not None:
                self._settle(taken, letters, _nothing)
                self._patience.pause(str(unknown))
                taken, letters, unknown = self._read(batch)
            self._patience.go_on()
            self._settle(taken, letters, also)

    def _read(
        self, batch: Sequence[RawMessage]
    ) -> tuple[list[Taken[T]], list[DeadLetter], UnknownEvent | None]:
        """What can be taken in, what never can, and the unknown event that the rest stands behind."""
        taken: list[Taken[T]] = []
        letters: list[DeadLetter] = []
        for message in filter(self._reader.concerns, batch):
            try:
                key, item = self._reader.read(message)
            except UnknownEvent as unknown:
                return taken, letters, unknown
            except Exception as error:  # noqa: BLE001 - whatever it is, no reading will ever succeed
                letters.append(self._letter(message, error))
            else:
                taken.append(Taken(message, key, item))
        return taken, letters, None

    def _settle(self, taken: Sequence[Taken[T]], letters: Sequence[DeadLetter], also: Also) -> None:
        """Commit all of it, in one transaction where the processor can; else find what it fails on."""
        if taken:
            if self._patience.attempt(partial(self._commit, taken, letters, also)) is None:
                return
            self._isolate(taken)
        if letters or also is not _nothing:
            self._patience.insist(partial(self._commit, (), letters, also))

    def _isolate(self, taken: Sequence[Taken[T]]) -> None:
        """Commit what the processor can handle, and put aside what it cannot, without anything else."""
        middle = len(taken) // 2
        for half in (taken[:middle], taken[middle:]) if middle else (taken,):
            error = self._patience.attempt(partial(self._commit, half, (), _nothing))
            if error is not None and len(half) > 1:
                self._isolate(half)
            elif error is not None:
                self._patience.insist(partial(self._bury, half[0], error))

    def _commit(self, taken: Sequence[Taken[T]], letters: Sequence[DeadLetter], also: Also) -> None:
        with self._store.begin() as work:
            new = work.inbox.claim(self.name, self.generation, [t.key for t in taken])
            fresh = list({t.key: t.item for t in taken if t.key in new}.values())
            if fresh:
                self._processor.handle(fresh, work)
            work.dead_letters.add(letters)
            also(work)
            work.commit()
        metrics.MESSAGES.labels(self.name).inc(len(fresh))
        metrics.DUPLICATES.labels(self.name).inc(len(taken) - len(fresh))
        metrics.DEAD_LETTERS.labels(self.name).inc(len(letters))

    def _bury(self, poison: Taken[T], error: Exception) -> None:
        """Put one message aside: it counts as taken in, and its letter says why it had no effect."""
        with self._store.begin() as work:
            work.inbox.claim(self.name, self.generation, [poison.key])
            work.dead_letters.add([self._letter(poison.message, error)])
            work.commit()
        log.error("%s put %s aside", self.name, poison.message.origin, exc_info=error)
        metrics.DEAD_LETTERS.labels(self.name).inc()

    def _letter(self, message: RawMessage, error: Exception) -> DeadLetter:
        if isinstance(error, DomainError):
            reason, details = error.code, dict(error.details)
            if error.field is not None:
                details["field"] = error.field
        else:
            reason = "processor_failed"
            details = {"error": type(error).__name__, "message": str(error).partition("\n")[0][:400]}
        return DeadLetter(
            origin=self._reader.origin(message),
            consumer=self.name,
            value=message.value,
            headers=message.headers,
            reason=reason,
            details=details,
            factory_id=self._reader.factory_id(message),
        )


def event_guard(
    store: Store, processor: EventHandler, generation: int, stop: Stop, backoff: Backoff = DEFAULT_BACKOFF
) -> Guard[EventRecord]:
    """A guard for a processor of domain events."""
    return Guard(store, processor, EventReader(processor.consumes), generation, stop, backoff)


def intake_guard(
    store: Store,
    processor: Handler[IntakeMessage],
    generation: int,
    stop: Stop,
    backoff: Backoff = DEFAULT_BACKOFF,
) -> Guard[IntakeMessage]:
    """A guard for a processor of messages from outside."""
    return Guard(store, processor, IntakeReader(), generation, stop, backoff)
