"""Runs processors over the outbox: the embedded form's place of Kafka and Faust."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from infra import checkpoints
from infra.log_reader import LogRow, end_of_log, read_after
from infra.pace import Pace
from infra.unit_of_work import SqlUnitOfWork, Store
from streams import metrics
from streams.guard import Guard
from streams.messages import RawMessage
from streams.patience import Patience, State, Stopped

BATCH = 100
FIRST_BATCH = 20
AIM_SECONDS = 0.05
"""For so long a batch keeps requests from writing to SQLite."""

POLL_SECONDS = 1.0
UNSAVED = 1_000
"""How far a consumer that has nothing to do moves on before that is written down."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Guards that take turns on one batch in one thread: one that waits holds up its lane and no other.

    A lane that lingers lets messages gather for so many seconds, and those in a hurry go first.
    """

    name: str
    guards: Sequence[Guard[Any]]
    linger: float = 0.0


class LocalHost:
    """Feeds guards from the outbox, in its order. A batch's checkpoint commits with its effects.

    `stop` is the event that the guards listen to as well.
    """

    def __init__(self, store: Store, lanes: Sequence[Lane], stop: threading.Event) -> None:
        self._store = store
        self._stop = stop
        self._lanes = [_Runner(lane, store, stop) for lane in lanes]

    @property
    def consumers(self) -> list[str]:
        """The names under which checkpoints are kept."""
        return [consumer for lane in self._lanes for consumer in lane.positions]

    def start(self) -> None:
        """Begin where the checkpoints are."""
        for lane in self._lanes:
            lane.thread.start()

    def wake(self) -> None:
        """Say that a transaction left messages; cheap, to be called after every commit that did."""
        for lane in self._lanes:
            lane.news.set()

    def stop(self) -> None:
        """Finish the batches at hand; returns when no processor runs."""
        self._stop.set()
        self.wake()
        for lane in self._lanes:
            if lane.thread.is_alive():
                lane.thread.join()

    def states(self) -> dict[str, State]:
        """What each processor does now."""
        return {guard.name: guard.status.state for lane in self._lanes for guard in lane.guards.values()}

    def lag(self) -> dict[str, int]:
        """How many messages each consumer still has before it."""
        with self._store.database.read() as connection:
            end = end_of_log(connection)
        return {
            consumer: max(0, end - position)
            for lane in self._lanes
            for consumer, position in lane.positions.items()
        }


class _Runner:
    """A lane's thread."""

    def __init__(self, lane: Lane, store: Store, stop: threading.Event) -> None:
        self._store = store
        self._stop = stop
        self._linger = lane.linger
        self.guards = {checkpoint_of(guard): guard for guard in lane.guards}
        self._patience = Patience(f"local-host.{lane.name}", stop)
        self._saved = dict.fromkeys(self.guards, 0)
        self._end = 0
        self._pace = Pace(AIM_SECONDS, FIRST_BATCH, BATCH)
        self._longest = 0.0
        self.positions = dict(self._saved)
        self.news = threading.Event()
        self.thread = threading.Thread(target=self._run, name=f"local-host-{lane.name}", daemon=True)

    def _run(self) -> None:
        try:
            self._patience.insist(self._load)
            self.news.set()
            while not self._stop.is_set():
                if not self.news.wait(POLL_SECONDS):
                    self._save(unsaved=1)
                self._stop.wait(self._linger)
                self.news.clear()
                while self._step():
                    self._save(unsaved=UNSAVED)
        except Stopped:
            return

    def _load(self) -> None:
        with self._store.database.read() as connection:
            self.positions = dict(checkpoints.positions(connection, self.guards))
        self._saved = dict(self.positions)

    def _step(self) -> bool:
        """Let every guard take its turn on the next messages; False where there are none."""
        rows: list[LogRow] = []
        self._patience.insist(partial(self._read, rows))
        if not rows:
            return False
        end = rows[-1].position
        self._longest = 0.0
        batch = [_raw(row) for row in rows]
        for consumer, guard in self.guards.items():
            passed = self.positions[consumer]
            mine = [m for m in batch if m.position > passed and m.topic == guard.topic]
            if guard.concerns(mine):
                guard.run(mine, also=partial(self._moved, consumer=consumer, position=end))
                self._saved[consumer] = end
            self.positions[consumer] = max(passed, end)
            metrics.LAG.labels(consumer).set(max(0, self._end - end))
        self._pace.learn(len(rows), self._longest)
        return True

    def _moved(self, work: SqlUnitOfWork, consumer: str, position: int) -> None:
        """The end of a batch's transaction."""
        _move(work, consumer, position)
        self._longest = max(self._longest, work.age)

    def _read(self, rows: list[LogRow]) -> None:
        with self._store.database.read() as connection:
            rows[:] = read_after(connection, min(self.positions.values()), self._pace.size)
            self._end = end_of_log(connection) if len(rows) == self._pace.size else 0

    def _save(self, unsaved: int) -> None:
        """Write down how far the consumers have come that are `unsaved` messages past their checkpoint."""
        moved = {c: p for c, p in self.positions.items() if p - self._saved[c] >= unsaved}
        if moved:
            self._patience.insist(partial(self._write, moved))
            self._saved.update(moved)

    def _write(self, moved: Mapping[str, int]) -> None:
        with self._store.begin() as work:
            for consumer, position in moved.items():
                _move(work, consumer, position)
            work.commit()


def checkpoint_of(guard: Guard[Any]) -> str:
    """The name of a guard's checkpoint: another generation begins anew."""
    return f"{guard.name}@{guard.generation}"


def _move(work: SqlUnitOfWork, consumer: str, position: int) -> None:
    checkpoints.move(work.connection, consumer, position)


def _raw(row: LogRow) -> RawMessage:
    return RawMessage(row.topic, f"outbox/{row.position}", row.key, row.headers, row.value, row.position)
