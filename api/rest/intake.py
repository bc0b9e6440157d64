"""Messages from factories' systems: taken in at once, judged by the processor that reads the log."""

import json
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from api.changes import ChangeOnce, Reply
from api.identity import CurrentActor, ServicesOf
from api.rest.fields import Id, Output
from domain.intake import CHALLENGE_V1, FACTORY_HEADER, REQUEST_HEADER
from domain.organisations import Actor, Role
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


@router.post("/intake", status_code=202, response_model=TakenIn)
def take_in(
    change: ChangeOnce,
    actor: CurrentActor,
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
        value = json.dumps({"type": CHALLENGE_V1, "factory_id": factory_id} | message, ensure_ascii=False)
        headers = {REQUEST_HEADER: id, FACTORY_HEADER: factory_id, "content-type": "application/json"}
        work.outbox.append_message(Message(INTAKE, factory_id, headers, value.encode("utf-8", "replace")))
        query = urlencode(_source(message))
        status_url = f"/api/v1/intake/{id}" + (f"?{query}" if query else "")
        return Reply(202, TakenIn(id=id, status_url=status_url), location=status_url)

    return change.run(actor, act)


@router.get("/intake/{intake_id}")
def read_intake(
    services: ServicesOf,
    actor: CurrentActor,
    intake_id: Id,
    system: Annotated[str, Query(max_length=100)] = "",
    source: Annotated[str, Query(max_length=200)] = "",
) -> IntakeStatusOut:
    """What became of a message of my factory; `system` and `source` are those of the message."""
    actor.require(Role.ENGINEER, Role.FACTORY_ADMIN)
    factory_id = None if Role.ADMINISTRATOR in actor.roles else actor.organisation_id
    with services.database.read() as connection:
        status = intake_status(connection, f"request/{intake_id}", factory_id, _clean(system), _clean(source))
    return IntakeStatusOut(
        id=intake_id,
        state=status.state,
        challenge_id=status.challenge_id,
        dead_letter_id=status.dead_letter_id,
        reason=status.reason,
    )


def _factory(actor: Actor, message: dict[str, Any]) -> str:
    """The sender's own factory; an administrator speaks for the one that the message names."""
    claimed = message.get("factory_id")
    if Role.ADMINISTRATOR in actor.roles and isinstance(claimed, str):
        return _clean(claimed)[:36]
    return actor.organisation_id


def _source(message: dict[str, Any]) -> dict[str, str]:
    source = message.get("source")
    parts = source if isinstance(source, dict) else {}
    named = (("system", parts.get("system"), 100), ("source", parts.get("id"), 200))
    return {name: _clean(value)[:most] for name, value, most in named if isinstance(value, str)}


def _clean(text: str) -> str:
    """Without what no database keeps."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode().strip()
