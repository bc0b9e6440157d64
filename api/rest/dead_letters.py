"""Messages of one's own factory that could not be accepted: why, and sending them through again."""

from base64 import b64encode
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.changes import ChangeOf, Reply
from api.identity import CurrentActor, ServicesOf
from api.rest.fields import Cursor, Limit, Output, Page
from api.rest.paging import cursor_after, number_of
from domain.errors import NotFound
from domain.organisations import Actor, Role
from infra.dead_letters import KeptLetter, list_letters, requeue_letter, show_letter
from infra.queries.letter_count import count_letters
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(tags=["intake"])

LetterId = Annotated[int, Path(ge=1, le=2**62)]


class DeadLetterOut(Output):
    """A message as it came in. `details` says of each field what is wrong with it."""

    id: int
    consumer: str
    origin: str
    reason: str
    details: dict[str, str]
    headers: dict[str, str]
    value: str | None
    encoding: Literal["utf-8", "base64"]
    created_at: datetime
    requeued_at: datetime | None

    @classmethod
    def of(cls, letter: KeptLetter) -> "DeadLetterOut":
        """The letter as the API shows it: bytes that are no text in base64."""
        value, encoding = _shown(letter.value)
        return cls(
            id=letter.id,
            consumer=letter.consumer,
            origin=letter.origin,
            reason=letter.reason,
            details=dict(letter.details),
            headers=dict(letter.headers),
            value=value,
            encoding=encoding,
            created_at=letter.created_at,
            requeued_at=letter.requeued_at,
        )


@router.get("/dead-letters")
def list_dead_letters(
    services: ServicesOf,
    actor: CurrentActor,
    requeued: bool = False,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[Limit, Query()] = 20,
) -> Page[DeadLetterOut]:
    """My factory's, the newest first; an administrator sees all. `requeued` shows those that went again."""
    factory_id = _own_factory(actor)
    with services.database.read() as connection:
        letters = list_letters(
            connection, factory_id=factory_id, requeued=requeued, before=number_of(cursor), limit=limit
        )
        total = count_letters(connection, factory_id=factory_id, requeued=requeued)
    more = cursor_after([letter.id for letter in letters], limit)
    return Page(items=[DeadLetterOut.of(letter) for letter in letters], total=total, next_cursor=more)


@router.get("/dead-letters/{letter_id}")
def read_dead_letter(services: ServicesOf, actor: CurrentActor, letter_id: LetterId) -> DeadLetterOut:
    """One of my factory's."""
    factory_id = _own_factory(actor)
    with services.database.read() as connection:
        return DeadLetterOut.of(_own(show_letter(connection, letter_id), factory_id))


@router.post("/dead-letters/{letter_id}/requeue", response_model=DeadLetterOut)
def requeue_dead_letter(change: ChangeOf, actor: CurrentActor, letter_id: LetterId) -> Response:
    """Let the message go through again, as it is; if it fails again, there is a new dead letter."""
    factory_id = _own_factory(actor)

    def act(work: SqlUnitOfWork) -> Reply:
        _own(show_letter(work.connection, letter_id), factory_id)
        requeue_letter(work, letter_id)
        return Reply(200, DeadLetterOut.of(show_letter(work.connection, letter_id)))

    return change.run(actor, act)


def _own_factory(actor: Actor) -> str | None:
    """The factory whose letters the actor may see; None for all."""
    actor.require(Role.ENGINEER, Role.FACTORY_ADMIN)
    return None if Role.ADMINISTRATOR in actor.roles else actor.organisation_id


def _own(letter: KeptLetter, factory_id: str | None) -> KeptLetter:
    if factory_id is not None and letter.factory_id != factory_id:
        raise NotFound(kind="dead letter", id=letter.id)
    return letter


def _shown(value: bytes | None) -> tuple[str | None, Literal["utf-8", "base64"]]:
    if value is None:
        return None, "utf-8"
    try:
        return value.decode(), "utf-8"
    except UnicodeDecodeError:
        return b64encode(value).decode(), "base64"
