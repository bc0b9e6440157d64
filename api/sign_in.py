"""Signing in and out with a password: a session in the database, its secret in a cookie of the browser."""

from typing import Annotated
from urllib.parse import quote, urlencode, urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from api.identity import CallerOf, ServicesOf
from api.problems import Refusal
from api.rates import Rates
from api.services import Services
from api.shield import SESSION_COOKIE, address_of
from api.web.visit import MESSAGE_COOKIE, MESSAGE_SECONDS, TRIED_COOKIE
from infra.accounts import password_of
from infra.sessions import SESSION_LIFETIME, close_session, open_session

router = APIRouter(include_in_schema=False)

SIGN_IN = "/sign-in"


@router.post(SIGN_IN)
def sign_in(
    request: Request,
    services: ServicesOf,
    caller: CallerOf,
    login: Annotated[str, Form(max_length=100)],
    password: Annotated[str, Form(max_length=200)],
    next: Annotated[str, Form(max_length=2_000)] = "/",  # noqa: A002 - the form's field
) -> Response:
    """Open a session and go on to `next`. Browsers that fail come back to the form, programs get a 401."""
    rates: Rates = request.app.state.rates
    rates.try_to_sign_in(address_of(request), login)
    secret = signed_in(services, login, password, caller.session)
    if secret is None:
        if "text/html" not in request.headers.get("accept", ""):
            raise Refusal(401, "sign_in_failed")
        again = RedirectResponse(f"{SIGN_IN}?{urlencode({'failed': 1, 'next': own_path(next)})}", 303)
        again.set_cookie(
            TRIED_COOKIE, quote(login), MESSAGE_SECONDS, path=SIGN_IN, httponly=True, samesite="lax"
        )
        return again
    rates.signed_in(address_of(request), login)
    response = RedirectResponse(own_path(next), 303)
    response.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


@router.post("/sign-out")
def sign_out(services: ServicesOf, caller: CallerOf) -> Response:
    """End the session."""
    if caller.session:
        with services.database.write() as connection:
            close_session(connection, caller.session)
            connection.commit()
    response = RedirectResponse("/", 303)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
    response.set_cookie(MESSAGE_COOKIE, "signed_out", MESSAGE_SECONDS, httponly=True, samesite="lax")
    return response


def signed_in(services: Services, login: str, password: str, former: str | None = None) -> str | None:
    """The secret of a new session, which replaces the `former` one; None for a wrong login or password."""
    if "\0" in login:
        return None
    with services.database.read() as connection:
        known = password_of(connection, login)
    if not services.passwords.fits(password, known[1] if known else None) or known is None:
        return None
    with services.database.write() as connection:
        if former:
            close_session(connection, former)
        secret = open_session(connection, known[0], services.clock.now())
        connection.commit()
    return secret


def own_path(target: str) -> str:
    """`target` where it is a path of this site, else its first page: a link must not lead elsewhere."""
    parts = urlsplit(target)
    leads_away = parts.scheme or parts.netloc or "\\" in target or not target.startswith("/")
    has_controls = any(ord(character) < 0x20 for character in target)
    return "/" if leads_away or has_controls or target.startswith("//") else target
