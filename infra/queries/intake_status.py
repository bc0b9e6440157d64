"""What became of a message that a factory's system sent through the API."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, String, bindparam, select

from domain.errors import NotFound
from domain.use_cases.intake import CONSUMER
from infra.tables.log import dead_letters, intake_receipts
from infra.tables.market import challenges


class IntakeState(StrEnum):
    WAITING = "waiting"
    DRAFTED = "drafted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class IntakeStatus:
    """Where a message is: waiting in the log, drafted as a challenge, or refused as a dead letter."""

    state: IntakeState
    challenge_id: str | None = None
    dead_letter_id: int | None = None
    reason: str | None = None


def intake_status(connection: Connection, id: str, factory_id: str | None) -> IntakeStatus:
    """The status of the message with the request `id`; raises NotFound unless the factory sent it.

    None looks at every factory's. It is read from what lasts, the receipt, the dead letter and the challenge,
    and so does not change when the log and the inbox are cleared. A message that repeats a source which was
    drafted before counts as drafted, too; so does a refused one whose source was drafted after a requeue.
    """
    receipts, letters, columns = intake_receipts.c, dead_letters.c, challenges.c
    receipt = connection.execute(select(intake_receipts).where(receipts.id == id)).one_or_none()
    if receipt is None or factory_id not in (None, receipt.factory_id):
        raise NotFound(kind="intake message", id=id)
    drafted = connection.execute(
        select(columns.id).where(
            # No value equals null: a message without a source was never drafted.
            columns.factory_id == bindparam("factory", receipt.factory_id),
            columns.source_system == bindparam("system", receipt.source_system, String),
            columns.source_id == bindparam("source", receipt.source_id, String),
        )
    ).scalar_one_or_none()
    refused = connection.execute(
        select(letters.id, letters.reason, letters.requeued_at).where(
            letters.consumer == CONSUMER, letters.origin == f"request/{id}"
        )
    ).one_or_none()
    if refused and (refused.requeued_at is None or drafted is None):
        return IntakeStatus(IntakeState.REFUSED, dead_letter_id=refused.id, reason=refused.reason)
    if drafted is None:
        return IntakeStatus(IntakeState.WAITING)
    return IntakeStatus(IntakeState.DRAFTED, challenge_id=drafted)
