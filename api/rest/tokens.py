"""API tokens: how a program acts as the person who made them."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.responses import Response

from api.changes import ChangeOf, Reply
from api.identity import CurrentActor, ServicesOf
from api.rest.fields import Input, Output, Page, line
from domain.errors import NotFound
from infra.accounts import issue_token, revoke_token, tokens_of
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(tags=["tokens"])

TokenId = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


class TokenIn(Input):
    """A new token; it lasts until revoked where no days are given."""

    label: Annotated[str, line(100), Field(examples=["MES line 3"])]
    expires_in_days: Annotated[int, Field(strict=True, ge=1, le=3650)] | None = None


class TokenOut(Output):
    """A token without its secret."""

    id: str
    label: str
    created_at: datetime
    expires_at: datetime | None


class NewTokenOut(TokenOut):
    """A new token; `secret` is shown this once."""

    secret: str


@router.get("/tokens")
def list_tokens(services: ServicesOf, actor: CurrentActor) -> Page[TokenOut]:
    """My tokens, the newest first."""
    with services.database.read() as connection:
        tokens = [TokenOut.model_validate(token) for token in tokens_of(connection, actor.person_id)]
    return Page(items=tokens, total=len(tokens))


@router.post("/tokens", status_code=201, response_model=NewTokenOut)
def create_token(change: ChangeOf, actor: CurrentActor, wanted: TokenIn) -> Response:
    """Make a token. Send its secret as `Authorization: Bearer …`; it can do what I can."""

    def act(work: SqlUnitOfWork) -> Reply:
        now = work.now()
        expires_at = now + timedelta(days=wanted.expires_in_days) if wanted.expires_in_days else None
        issued = issue_token(work.connection, actor.person_id, wanted.label, now, expires_at)
        token = NewTokenOut(
            id=issued.id,
            label=wanted.label,
            created_at=now,
            expires_at=expires_at,
            secret=issued.secret,
        )
        return Reply(201, token)

    return change.run(actor, act)


@router.delete("/tokens/{token_id}", status_code=204)
def delete_token(change: ChangeOf, actor: CurrentActor, token_id: TokenId) -> Response:
    """Take a token away; whoever uses it is refused from now on."""

    def act(work: SqlUnitOfWork) -> Reply:
        if not revoke_token(work.connection, actor.person_id, token_id):
            raise NotFound(kind="token", id=token_id)
        return Reply(204)

    return change.run(actor, act)
