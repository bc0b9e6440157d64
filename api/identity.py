"""Who asks: read from the database for every request, so that what was taken away is gone at once."""

from dataclasses import dataclass, replace
from typing import Annotated, Self

from fastapi import Depends, Request

from api.problems import Refusal
from api.rates import Rates
from api.services import Services, services_of
from api.shield import address_of, session_of, token_of
from domain.audience import ANYONE, Viewer
from domain.organisations import Actor
from infra.digests import digest
from infra.queries.glance import Glance, glance
from infra.queries.identities import (
    Identity,
    accepted_terms_of,
    identity_of_session,
    identity_of_token,
)


def not_signed_in() -> Refusal:
    """What somebody is told who has to sign in first."""
    return Refusal(401, "not_signed_in", {"WWW-Authenticate": "Bearer"})


@dataclass(frozen=True, slots=True)
class Caller:
    """The secret that came with a request, not looked up yet: cheap to make, and for routes that read the
    person over the same connection as their rows."""

    services: Services
    token: str | None
    session: str | None
    rates: Rates
    address: str

    @classmethod
    def of(cls, request: Request, services: Services) -> Self:
        """The caller of a request."""
        rates: Rates = request.app.state.rates
        return cls(services, token_of(request), session_of(request), rates, address_of(request))

    def identity(self, look: Glance) -> Identity | None:
        """The person; None where nobody is signed in. Raises Refusal (401) for a token that is not valid."""
        secret = self.token or self.session
        if not secret:
            return None
        find = identity_of_session if self.token is None else identity_of_token
        found = find(look, digest(secret), self.services.clock.now())
        if found is not None:
            self.rates.identified(self.address, secret)
        elif self.token is not None:
            raise not_signed_in()
        return found


async def caller_of(
    request: Request, services: Annotated[Services, Depends(services_of)]
) -> Caller:  # a coroutine, because FastAPI runs other dependencies in threads of their own
    """The caller of a request."""
    return Caller.of(request, services)


def optional_identity(caller: Annotated[Caller, Depends(caller_of)]) -> Identity | None:
    """The person behind the token or the session. Raises Refusal (401) for a token that is not valid."""
    if caller.token is None and caller.session is None:
        return None
    with glance(caller.services.database) as look:
        return caller.identity(look)


async def optional_actor(
    identity: Annotated[Identity | None, Depends(optional_identity)],
) -> Actor | None:
    """The same as use cases know the person."""
    return identity.actor if identity else None


async def required_actor(actor: Annotated[Actor | None, Depends(optional_actor)]) -> Actor:
    """Raises Refusal (401) where nobody is signed in."""
    if actor is None:
        raise not_signed_in()
    return actor


def current_viewer(
    identity: Annotated[Identity | None, Depends(optional_identity)],
    services: Annotated[Services, Depends(services_of)],
) -> Viewer:
    """What the audience rule knows of whoever asks."""
    if identity is None:
        return ANYONE
    with services.database.read() as connection:
        accepted = accepted_terms_of(connection, identity.person_id)
    return replace(identity.viewer, accepted_terms=accepted)


ServicesOf = Annotated[Services, Depends(services_of)]
CallerOf = Annotated[Caller, Depends(caller_of)]
OptionalIdentity = Annotated[Identity | None, Depends(optional_identity)]
OptionalActor = Annotated[Actor | None, Depends(optional_actor)]
CurrentActor = Annotated[Actor, Depends(required_actor)]
CurrentViewer = Annotated[Viewer, Depends(current_viewer)]
