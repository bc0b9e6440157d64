"""Messages that could not be accepted: showing them, and letting one go through the log again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from domain.errors import NotFound, WrongState
from domain.intake import REQUEST_HEADER
from domain.use_cases.intake import CONSUMER as INTAKE_CONSUMER
from infra.outbox import EVENTS, INTAKE, Message
from infra.tables.log import dead_letters
from infra.unit_of_work import SqlUnitOfWork


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A dead letter as it is kept. `details` says of each field, or of the failure, what is wrong."""

    id: int
    consumer: str
    origin: str
    value: bytes | None
    headers: Mapping[str, str]
    reason: str
    details: Mapping[str, str]
    factory_id: str | None
    created_at: datetime
    requeued_at: datetime | None


def list_letters(
    connection: Connection,
    *,
    factory_id: str | None = None,
    requeued: bool = False,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[KeptLetter]:
    """Dead letters, newest first: one factory's or all, those below the id `before`.

    Those that were requeued are left out unless asked for.
    """
    query = select(dead_letters).order_by(dead_letters.c.id.desc()).limit(limit)
    if factory_id is not None:
        query = query.where(dead_letters.c.factory_id == factory_id)
    if not requeued:
        query = query.where(dead_letters.c.requeued_at.is_(None))
    if before is not None:
        query = query.where(dead_letters.c.id < before)
    return _letters(connection, query)


def show_letter(connection: Connection, id: int) -> KeptLetter:
    """Raises NotFound."""
    found = _letters(connection, select(dead_letters).where(dead_letters.c.id == id))
    if not found:
        raise NotFound(kind="dead letter", id=id)
    return found[0]


def requeue_letter(work: SqlUnitOfWork, id: int) -> KeptLetter:
    """Put the message into the log again, for the consumer that put it aside; the others skip it.

    If it fails again, there is a new dead letter. Raises NotFound, or WrongState where it was requeued.
    """
    letter = show_letter(work.connection, id)
    requeued = work.connection.execute(
        update(dead_letters)
        .where(dead_letters.c.id == id, dead_letters.c.requeued_at.is_(None))
        .values(requeued_at=work.now())
    )
    if not requeued.rowcount:
        raise WrongState(reason="requeued already", requeued_at=letter.requeued_at)
    headers = dict(letter.headers)
    if letter.consumer == INTAKE_CONSUMER:
        headers[REQUEST_HEADER] = f"requeued-{id}"
        message = Message(INTAKE, letter.factory_id or "", headers, letter.value)
    else:
        work.inbox.release(letter.consumer, headers.get("ce_id", ""))
        message = Message(EVENTS, headers.get("ce_subject", ""), headers, letter.value)
    work.outbox.append_message(message)
    return letter


def _letters(connection: Connection, query: Select[Any]) -> list[KeptLetter]:
    return [_letter(row) for row in connection.execute(query)]


def _letter(row: Row[Any]) -> KeptLetter:
    return KeptLetter(**row._mapping)
