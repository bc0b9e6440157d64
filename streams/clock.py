"""The owner of time: does what is due, and keeps house."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from domain.errors import Conflict
from domain.ports import Timer, UnitOfWork
from domain.use_cases.timers import run_timer
from infra.unit_of_work import Store
from streams.housekeeping import Housekeeping
from streams.patience import Patience, Stopped

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
TICKS_BETWEEN_HOUSEKEEPING = 60
AFTER_CONFLICT = timedelta(seconds=5)
AFTER_FAILURE = timedelta(minutes=5)


class ClockLoop:
    """Runs due timers, one transaction each; any number of loops may run beside each other.

    A timer that fails is put off, so that it holds up no other. The time is the store's clock's.
    """

    def __init__(
        self,
        store: Store,
        housekeeping: Housekeeping,
        stop: threading.Event,
        run: Callable[[UnitOfWork, Timer], None] = run_timer,
    ) -> None:
        self._store = store
        self._housekeeping = housekeeping
        self._stop = stop
        self._run_timer = run
        self._patience = Patience("clock", stop, conflicts=0)
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)

    def start(self) -> None:
        """Begin to tick."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the transaction at hand; returns when the loop has ended."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def run_due(self) -> int:
        """Run everything that is due now; returns how many timers ran or were put off. Raises Stopped."""
        done = 0
        while self._run_next():
            done += 1
        return done

    def _run(self) -> None:
        ticks = 0
        while not self._stop.wait(TICK_SECONDS):
            try:
                self.run_due()
                if ticks % TICKS_BETWEEN_HOUSEKEEPING == 0:
                    self._housekeeping.run(self._stop)
            except Stopped:
                return
            except Exception:
                log.exception("the clock goes on with its next tick")
            ticks += 1

    def _run_next(self) -> bool:
        """Run the timer that is due longest; False where none is."""
        claimed: list[Timer] = []
        error = self._patience.attempt(partial(self._claim_and_run, claimed))
        if error is not None and not claimed:
            raise error
        for timer in claimed if error is not None else ():
            log.error("timer %s of %s is put off", timer.kind, timer.aggregate_id, exc_info=error)
            self._patience.insist(partial(self._put_off, timer, error))
        return bool(claimed)

    def _claim_and_run(self, claimed: list[Timer]) -> None:
        with self._store.begin() as work:
            claimed[:] = work.timers.claim_due(work.now(), most=1)
            for timer in claimed:
                self._run_timer(work, timer)
            work.commit()

    def _put_off(self, timer: Timer, error: Exception | None) -> None:
        wait = AFTER_CONFLICT if isinstance(error, Conflict) else AFTER_FAILURE
        with self._store.begin() as work:
            work.timers.set(Timer(timer.aggregate_id, timer.kind, work.now() + wait, timer.part))
            work.commit()
