"""Signing in, the account with its API tokens, and the choices of language and theme."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.sign_in import own_path
from api.web.forms import Errors, FormOf
from api.web.i18n import LANGUAGES
from api.web.templating import THEMES
from api.web.visit import LANGUAGE_COOKIE, THEME_COOKIE, Visit, VisitOf
from infra.accounts import IssuedToken, issue_token, revoke_token, tokens_of

router = APIRouter()

A_YEAR = 365 * 24 * 3600
LIFETIMES = {"30": timedelta(days=30), "90": timedelta(days=90), "365": timedelta(days=365), "": None}
MOST_LABEL = 100
NEVER_KEPT = "no-store"
SAMPLE_LOGINS = ("engineer", "captain", "admin")
SAMPLE_PASSWORD = "jiebang-sample"  # noqa: S105 - shown to everybody who tries the sample data


@router.get("/sign-in")
def sign_in(visit: VisitOf) -> Response:
    """The form; whoever is signed in goes on."""
    query = visit.request.query_params
    target = own_path(query.get("next", "/"))
    if visit.actor is not None:
        return visit.go(target)
    context = {
        "next": target,
        "failed": "failed" in query,
        "sample_logins": SAMPLE_LOGINS,
        "sample_password": SAMPLE_PASSWORD,
    }
    return visit.page("pages/sign_in.html", "other", context, 401 if context["failed"] else 200)


@router.post("/preferences")
def preferences(visit: VisitOf, form: FormOf) -> Response:
    """Remember a language or a theme on this device."""
    response = visit.go(own_path(form.raw("next") or "/"))
    for cookie, known in ((LANGUAGE_COOKIE, LANGUAGES), (THEME_COOKIE, THEMES)):
        if form.raw(cookie) in known:
            # Scripts read the theme, so it is not hidden from them.
            response.set_cookie(cookie, form.raw(cookie), A_YEAR, samesite="lax")
    return response


@router.get("/account")
def account(visit: VisitOf) -> Response:
    """Who the reader is, their tokens and choices."""
    return _page(visit, Errors(), None)


@router.post("/account/tokens")
def new_token(visit: VisitOf, form: FormOf) -> Response:
    """Make a token; its secret is on the page that follows, and nowhere else."""
    label = form.text("label", MOST_LABEL, required=True)
    lifetime = LIFETIMES[form.choice("lifetime", LIFETIMES, "90")]
    if not form.accepted:
        return _page(visit, form.errors, None)
    expires = visit.now + lifetime if lifetime else None
    with visit.services.database.write() as connection:
        issued = issue_token(connection, visit.me.person_id, label, visit.now, expires)
        connection.commit()
    return _page(visit, Errors(), issued)


@router.post("/account/tokens/{token_id}/revoke")
def revoke(visit: VisitOf, token_id: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]) -> Response:
    """Take a token away at once."""
    with visit.services.database.write() as connection:
        revoke_token(connection, visit.me.person_id, token_id)
        connection.commit()
    return visit.go("/account", "token_revoked")


def _page(visit: Visit, errors: Errors, issued: IssuedToken | None) -> Response:
    with visit.services.database.read() as connection:
        tokens = tokens_of(connection, visit.me.person_id)
    context = {"tokens": tokens, "issued": issued, "errors": errors, "address": str(visit.request.base_url)}
    response = visit.page("pages/account.html", "other", context, 422 if errors else 200)
    response.headers["Cache-Control"] = NEVER_KEPT
    return response
