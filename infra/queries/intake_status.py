"""What became of a message that a factory's system sent through the API."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, true

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
    connection: Connection, origin: str, factory_id: str | None, system: str, source_id: str
) -> IntakeStatus:
    """The status of the message from `origin` that speaks of (`system`, `source_id`) of the factory.

    None looks at every factory's. A message that repeats a source which was drafted before counts as
    drafted, too.
    """
    letters, columns = dead_letters.c, challenges.c
    refusal = select(letters.id, letters.reason).where(
        letters.consumer == CONSUMER, letters.origin == origin, _of(letters.factory_id, factory_id)
    )
    refused = connection.execute(refusal).one_or_none()
    if refused:
        return IntakeStatus(IntakeState.REFUSED, dead_letter_id=refused.id, reason=refused.reason)
    draft = select(columns.id).where(
        _of(columns.factory_id, factory_id), columns.source_system == system, columns.source_id == source_id
    )
    drafted = connection.execute(draft.order_by(columns.id.desc()).limit(1)).scalar_one_or_none()
    taken = connection.execute(
        select(inbox.c.event_id).where(inbox.c.consumer == CONSUMER, inbox.c.event_id == origin).limit(1)
    ).first()
    if taken is None or drafted is None:
        return IntakeStatus(IntakeState.WAITING)
    return IntakeStatus(IntakeState.DRAFTED, challenge_id=drafted)


def _of(column: ColumnElement[Any], factory_id: str | None) -> ColumnElement[bool]:
    return true() if factory_id is None else column == factory_id
