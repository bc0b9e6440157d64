"""What became of a message that a factory's system sent through the API."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, select

from domain.use_cases.intake import CONSUMER
from infra.tables.log import dead_letters, inbox
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


def intake_status(
    connection: Connection, origin: str, factory_id: str, system: str, source_id: str
) -> IntakeStatus:
    """The status of the message from `origin` that speaks of (`system`, `source_id`) of the factory.

    A message that repeats a source which was drafted before counts as drafted, too.
    """
    letters = dead_letters.c
    refused = connection.execute(
        select(letters.id, letters.reason).where(letters.consumer == CONSUMER, letters.origin == origin)
    ).one_or_none()
    if refused:
        return IntakeStatus(IntakeState.REFUSED, dead_letter_id=refused.id, reason=refused.reason)
    columns = challenges.c
    drafted = connection.execute(
        select(columns.id).where(
            columns.factory_id == factory_id,
            columns.source_system == system,
            columns.source_id == source_id,
        )
    ).scalar_one_or_none()
    taken = connection.execute(
        select(inbox.c.event_id).where(inbox.c.consumer == CONSUMER, inbox.c.event_id == origin).limit(1)
    ).first()
    if taken is None or drafted is None:
        return IntakeStatus(IntakeState.WAITING)
    return IntakeStatus(IntakeState.DRAFTED, challenge_id=drafted)
