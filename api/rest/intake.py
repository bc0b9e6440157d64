"""Messages from factories' systems: taken in at once, judged by the processor that reads the log."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request
from starlette.responses import Response

from api.changes import ChangeOnce, Reply
from api.identity import CurrentActor, ServicesOf
from api.problems import Refusal
from api.rest.fields import Id, Output
from domain.challenges import Source
from domain.intake import CHALLENGE_V1, FACTORY_HEADER, MOST_BYTES, REQUEST_HEADER, TYPE_HEADER
from domain.organisations import Actor, Role
from infra.intake_receipts import keep_receipt
from infra.outbox import INTAKE, Message
from infra.queries.intake_status import IntakeState, intake_status
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(tags=["intake"])

EXAMPLE = {
    "type": CHALLENGE_V1,
    "source": {"system": "cmms", "id": "WO-2026-1183"},
    "title": "3 号注塑机机械手偶发卡滞",
    "text": "每班停机约 12 分钟，想在线采集伺服电流，提前报警。",
    "industry": "moulding",
    "skills": [{"skill": "servo-control", "level": 3, "mandatory": True}, {"skill": "PLC", "level": 2}],
    "reward_cny": 8000,
}


class TakenIn(Output):
    """The message is in the log. `status_url` tells what became of it."""

    id: str
    status_url: str


class IntakeStatusOut(Output):
    """`waiting` in the log, `drafted` as a challenge, or `refused`: then a dead letter says why."""

    id: str
    state: IntakeState
    challenge_id: str | None
    dead_letter_id: int | None
    reason: str | None


async def sent_bytes(request: Request) -> bytes:
    """The body as it came: what is kept is what was sent. Raises Refusal (413) for more than is read."""
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise Refusal(413, "too_large", most=MOST_BYTES)
    return body


@router.post("/intake", status_code=202, response_model=TakenIn)
def take_in(
    change: ChangeOnce,
    actor: CurrentActor,
    body: Annotated[bytes, Depends(sent_bytes)],
    message: Annotated[
        dict[str, Any],
        Body(
            description="A challenge as in `jiebang.intake.challenge.v1`. `type` and `factory_id` may be "
            "left out; anything that is wrong with it becomes a dead letter that says so.",
            examples=[EXAMPLE],
        ),
    ],
) -> Response:
    """Hand over a challenge from an alarm or a work order; a source that comes again changes nothing."""
    actor.require(Role.ENGINEER, Role.FACTORY_ADMIN)

    def act(work: SqlUnitOfWork) -> Reply:
        id = work.new_id()
        factory_id = _factory(actor, message)
        work.outbox.append_message(Message(INTAKE, factory_id, _headers(id, factory_id, message), body))
        keep_receipt(work, id, factory_id, _source(message))
        status_url = f"/api/v1/intake/{id}"
        return Reply(202, TakenIn(id=id, status_url=status_url), location=status_url)

    return change.run(actor, act)


@router.get("/intake/{intake_id}")
def read_intake(services: ServicesOf, actor: CurrentActor, intake_id: Id) -> IntakeStatusOut:
    """What became of a message of my factory, for as long as its draft or its dead letter is there."""
    actor.require(Role.ENGINEER, Role.FACTORY_ADMIN)
    factory_id = None if Role.ADMINISTRATOR in actor.roles else actor.organisation_id
    with services.database.read() as connection:
        status = intake_status(connection, intake_id, factory_id)
    return IntakeStatusOut(
        id=intake_id,
        state=status.state,
        challenge_id=status.challenge_id,
        dead_letter_id=status.dead_letter_id,
        reason=status.reason,
    )


def _headers(id: str, factory_id: str, message: dict[str, Any]) -> dict[str, str]:
    headers = {REQUEST_HEADER: id, FACTORY_HEADER: factory_id, "content-type": "application/json"}
    return headers if message.get("type") is not None else {TYPE_HEADER: CHALLENGE_V1, **headers}


def _factory(actor: Actor, message: dict[str, Any]) -> str:
    """The sender's own factory; an administrator speaks for the one that the message names."""
    claimed = message.get("factory_id")
    if Role.ADMINISTRATOR in actor.roles and isinstance(claimed, str):
        return _clean(claimed)[:36]
    return actor.organisation_id


def _source(message: dict[str, Any]) -> Source | None:
    """By what its draft is found, as the processor reads it; None where it will be refused."""
    source = message.get("source")
    system, id = (source.get("system"), source.get("id")) if isinstance(source, dict) else (None, None)
    if not isinstance(system, str) or not isinstance(id, str):
        return None
    return Source(_clean(system)[:100], _clean(id)[:200])


def _clean(text: str) -> str:
    """Without what no database keeps."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode().strip()
