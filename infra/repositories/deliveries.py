"""Effects outside the transaction: what is to be done, and who does it now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from domain.deliveries import MAIL, delivery_id
from domain.ports import Clock, Delivery, Notification
from infra.sql import insert_or
from infra.tables.log import deliveries
from infra.tables.market import contacts

REASON_LENGTH = 400


class SqlDeliveries:
    """A row is due while `next_attempt_at` has passed; a claim moves that time to the end of its lease."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def mail(self, news: Sequence[Notification]) -> None:
        wanting = self._wanting_mail({line.person_id for line in news})
        now = self._clock.now()
        rows = [
            {
                "id": delivery_id(MAIL, line.event_id, line.person_id),
                "channel": MAIL,
                "address": line.person_id,
                "payload": {"event_id": line.event_id, "kind": line.kind},
                "created_at": now,
                "next_attempt_at": now,
                "attempts": 0,
            }
            for line in news
            if line.person_id in wanting
        ]
        if rows:
            self._connection.execute(insert_or(self._connection, deliveries).on_conflict_do_nothing(), rows)

    def claim_due(self, now: datetime, lease: timedelta) -> Delivery | None:
        columns = deliveries.c
        due = (
            select(columns.id)
            .where(columns.next_attempt_at <= now)
            .order_by(columns.next_attempt_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = self._connection.execute(
            update(deliveries)
            .where(columns.id == due.scalar_subquery())
            .values(next_attempt_at=now + lease, attempts=columns.attempts + 1)
            .returning(columns.id, columns.channel, columns.address, columns.payload, columns.attempts)
        ).one_or_none()
        return Delivery(*row) if row else None

    def note_delivered(self, delivery: Delivery, now: datetime) -> None:
        self._connection.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery.id)
            .values(delivered_at=now, next_attempt_at=None, last_error=None)
        )

    def put_off(self, delivery: Delivery, until: datetime, reason: str) -> None:
        self._note_failure(delivery, reason, next_attempt_at=until)

    def give_up(self, delivery: Delivery, reason: str) -> None:
        self._note_failure(delivery, reason, next_attempt_at=None)

    def _wanting_mail(self, person_ids: set[str]) -> set[str]:
        if not person_ids:
            return set()
        wanting = select(contacts.c.person_id).where(
            contacts.c.person_id.in_(person_ids), contacts.c.wants_mail
        )
        return set(self._connection.execute(wanting).scalars())

    def _note_failure(self, delivery: Delivery, reason: str, **when: Any) -> None:
        columns = deliveries.c
        mine = (
            columns.id == delivery.id,
            columns.attempts == delivery.attempts,
            columns.delivered_at.is_(None),
        )
        values = {"last_error": reason[:REASON_LENGTH], **when}
        self._connection.execute(update(deliveries).where(*mine).values(**values))
