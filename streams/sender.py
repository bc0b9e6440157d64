"""Sends what is to leave the house: at least once, each under an id that stays the same.

A claim is a lease. The row is claimed in one transaction, sent outside of any, and what came of it is noted
in another; where a sender is killed in between, the row is due again when the lease is over.
"""

import logging
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from domain.deliveries import LEASE, MOST_ATTEMPTS, wait_after
from domain.ports import Delivery
from infra.mail import Letter, NotSent
from infra.mail_texts import letter_of
from infra.queries.mail_lines import mail_line
from infra.unit_of_work import SqlUnitOfWork, Store
from streams import metrics
from streams.patience import Patience, Stopped

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
GRACE_SECONDS = 3.0

T = TypeVar("T")


class Mailer(Protocol):
    """Hands letters over; `infra.mail.SmtpMailer` is one."""

    def send(self, letter: Letter) -> None:
        """Raises NotSent."""
        ...

    def close(self) -> None:
        """There is nothing to send for a while."""
        ...


class Sender:
    """Sends due deliveries, one at a time; any number of senders may run beside each other.

    `chance` gives numbers from 0 to 1. The time is the store's clock's.
    """

    def __init__(
        self,
        store: Store,
        mailer: Mailer,
        public_url: str,
        stop: threading.Event,
        chance: Callable[[], float],
    ) -> None:
        self._store = store
        self._mailer = mailer
        self._public_url = public_url
        self._stop = stop
        self._chance = chance
        self._patience = Patience("sender", stop)
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the letter at hand, or leave it to its lease where the server hangs."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(GRACE_SECONDS)

    def send_due(self) -> int:
        """Try everything that is due now; returns how many deliveries that were. Raises Stopped."""
        tried = 0
        try:
            while not self._stop.is_set() and (delivery := self._transact(_claim)) is not None:
                self._attempt(delivery)
                tried += 1
        finally:
            self._mailer.close()
        return tried

    def _run(self) -> None:
        while not self._stop.wait(TICK_SECONDS):
            try:
                self.send_due()
            except Stopped:
                return
            except Exception:
                log.exception("the sender goes on with its next tick")

    def _attempt(self, delivery: Delivery) -> None:
        if delivery.attempts > MOST_ATTEMPTS:
            self._failed(delivery, "every sender that tried was killed")
            return
        try:
            letter = self._letter(delivery)
            if letter is not None:
                self._mailer.send(letter)
        except NotSent as error:
            self._failed(delivery, str(error), permanent=error.permanent)
        except Exception as error:
            log.exception("delivery %s cannot be made", delivery.id)
            self._failed(delivery, type(error).__name__)
        else:
            if letter is None:
                self._give_up(delivery, "withdrawn", "nobody is to be told any more")
            else:
                self._delivered(delivery)

    def _letter(self, delivery: Delivery) -> Letter | None:
        with self._store.database.read() as connection:
            line = mail_line(connection, delivery)
        return letter_of(delivery.id, line, self._public_url) if line else None

    def _delivered(self, delivery: Delivery) -> None:
        self._transact(lambda work: work.deliveries.note_delivered(delivery, work.now()))
        _count(delivery, "delivered")

    def _failed(self, delivery: Delivery, reason: str, *, permanent: bool = False) -> None:
        if permanent or delivery.attempts >= MOST_ATTEMPTS:
            log.error("delivery %s is given up after %d attempts: %s", delivery.id, delivery.attempts, reason)
            self._give_up(delivery, "given_up", reason)
            return
        wait = wait_after(delivery.attempts, self._chance())
        log.warning("delivery %s is tried again in %.0f s: %s", delivery.id, wait.total_seconds(), reason)
        self._transact(lambda work: work.deliveries.put_off(delivery, work.now() + wait, reason))
        _count(delivery, "put_off")

    def _give_up(self, delivery: Delivery, outcome: str, reason: str) -> None:
        self._transact(lambda work: work.deliveries.give_up(delivery, reason))
        _count(delivery, outcome)

    def _transact(self, act: Callable[[SqlUnitOfWork], T]) -> T:
        """Do it in a transaction: once even while stopping, so that what was sent is noted; then again.

        Raises Stopped where the database takes it no more before it is time to stop.
        """
        done: list[T] = []

        def once() -> None:
            with self._store.begin() as work:
                result = act(work)
                work.commit()
            done.append(result)

        try:
            once()
        except Exception:  # noqa: BLE001 - whatever it is, the next attempts report it
            self._patience.insist(once)
        return done[0]


def _claim(work: SqlUnitOfWork) -> Delivery | None:
    return work.deliveries.claim_due(work.now(), LEASE)


def _count(delivery: Delivery, outcome: str) -> None:
    metrics.DELIVERIES.labels(delivery.channel, outcome).inc()
