"""Who asks: read from the database for every request, so that what was taken away is gone at once."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from api.problems import Refusal
from api.services import Services, services_of
from api.shield import session_of, token_of
from domain.audience import ANYONE, Viewer
from domain.organisations import Actor
from infra.accounts import actor_of_session, actor_of_token, viewer_of

bearer = HTTPBearer(auto_error=False, description="A token made on your account page.")
"""Only declares the scheme in OpenAPI."""


def optional_actor(request: Request, services: Annotated[Services, Depends(services_of)]) -> Actor | None:
    """The person behind the token or the session. Raises Refusal (401) for a token that is not valid."""
    token, session = token_of(request), session_of(request)
    if token is None and session is None:
        return None
    now = services.clock.now()
    with services.database.read() as connection:
        if token is not None:
            actor = actor_of_token(connection, token, now)
            if actor is None:
                raise Refusal(401, "not_signed_in", {"WWW-Authenticate": "Bearer"})
            return actor
        return actor_of_session(connection, session or "", now)


def required_actor(actor: Annotated[Actor | None, Depends(optional_actor)]) -> Actor:
    """Raises Refusal (401) where nobody is signed in."""
    if actor is None:
        raise Refusal(401, "not_signed_in", {"WWW-Authenticate": "Bearer"})
    return actor


def current_viewer(
    actor: Annotated[Actor | None, Depends(optional_actor)],
    services: Annotated[Services, Depends(services_of)],
) -> Viewer:
    """What the audience rule knows of whoever asks."""
    if actor is None:
        return ANYONE
    with services.database.read() as connection:
        return viewer_of(connection, actor)


ServicesOf = Annotated[Services, Depends(services_of)]
OptionalActor = Annotated[Actor | None, Depends(optional_actor)]
CurrentActor = Annotated[Actor, Depends(required_actor)]
CurrentViewer = Annotated[Viewer, Depends(current_viewer)]
