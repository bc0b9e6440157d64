"""Signing in, the account with its password and API tokens, and the choices of language and theme."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Self
from urllib.parse import unquote

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.rates import Rates
from api.shield import address_of, session_of
from api.sign_in import own_path
from api.web.forms import Errors, FormOf
from api.web.i18n import LANGUAGES, Language, gettext
from api.web.templating import THEMES
from api.web.visit import LANGUAGE_COOKIE, THEME_COOKIE, TRIED_COOKIE, Visit, VisitOf
from domain.contacts import MOST_EMAIL, Contact
from domain.errors import Invalid
from domain.passwords import MOST, WeakPassword, check_new_password
from infra.accounts import (
    IssuedToken,
    issue_token,
    password_of,
    revoke_token,
    set_password,
    tokens_of,
)
from infra.contacts import contact_of, set_contact
from infra.sessions import end_session, end_sessions, sessions_of

router = APIRouter()

A_YEAR = 365 * 24 * 3600
Fingerprint = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
LIFETIMES = {"30": timedelta(days=30), "90": timedelta(days=90), "365": timedelta(days=365), "": None}
MOST_LABEL = 100
NEVER_KEPT = "no-store"
SAMPLE_LOGINS = ("engineer", "captain", "admin")
SAMPLE_PASSWORD = "jiebang-sample"  # noqa: S105 - shown to everybody who tries the sample data


@dataclass(frozen=True, slots=True)
class MailChoice:
    """What the form for mail shows, as it was typed or as it is kept."""

    email: str
    wants_mail: bool
    language: Language

    @classmethod
    def of(cls, contact: Contact, otherwise: Language) -> Self:
        """What is kept; whoever has no address yet is offered the language of the page."""
        if contact.email is None:
            return cls("", contact.wants_mail, otherwise)
        return cls(contact.email, contact.wants_mail, contact.language)


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
        "ended": "ended" in query,
        "login": unquote(visit.request.cookies.get(TRIED_COOKIE, "")) if "failed" in query else "",
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
def revoke(visit: VisitOf, token_id: Fingerprint) -> Response:
    """Take a token away at once."""
    with visit.services.database.write() as connection:
        revoke_token(connection, visit.me.person_id, token_id)
        connection.commit()
    return visit.go("/account", "token_revoked")


@router.post("/account/sessions/end-others")
def end_others(visit: VisitOf) -> Response:
    """Sign out everywhere but here."""
    with visit.services.database.write() as connection:
        end_sessions(connection, visit.me.person_id, but=session_of(visit.request))
        connection.commit()
    return visit.go("/account", "sessions_ended")


@router.post("/account/sessions/{id}/end")
def end_one(visit: VisitOf, id: Fingerprint) -> Response:
    """Sign out in one browser, wherever it is."""
    with visit.services.database.write() as connection:
        end_session(connection, visit.me.person_id, id)
        connection.commit()
    return visit.go("/account", "session_ended")


@router.post("/account/contact")
def contact(visit: VisitOf, form: FormOf) -> Response:
    """Say where mail goes, and whether any; an empty address takes it back."""
    language = next((one for one in LANGUAGES if one == form.raw("mail_language")), visit.language)
    typed = MailChoice(form.text("email", MOST_EMAIL), form.flag("wants_mail"), language)
    try:
        wanted = Contact(typed.email or None, typed.wants_mail, typed.language)
    except Invalid as error:
        form.blame(error)
        return _page(visit, form.errors, None, typed)
    with visit.services.database.write() as connection:
        set_contact(connection, visit.me.person_id, wanted)
        connection.commit()
    return visit.go("/account", "contact_saved")


@router.post("/account/password")
def password(visit: VisitOf, form: FormOf) -> Response:
    """Change one's own password and sign out everywhere else; guesses count as attempts to sign in."""
    login = visit.card.login if visit.card else ""
    current, wanted = form.secret("current_password"), form.secret("new_password")
    visit.require_signed_in()
    try:
        check_new_password(wanted, login, field="new_password")
    except WeakPassword as error:
        form.blame(error)
    if wanted != form.secret("new_password_again"):
        form.refuse("new_password_again", gettext("This is not the same as above."))
    if form.accepted and not _is_own(visit, login, current):
        form.refuse("current_password", gettext("This is not your password."))
    if not form.accepted:
        return _page(visit, form.errors, None)
    hashed = visit.services.passwords.hash(wanted)
    with visit.services.database.write() as connection:
        set_password(connection, visit.me.person_id, hashed, but_session=session_of(visit.request))
        connection.commit()
    return visit.go("/account", "password_changed")


def _is_own(visit: Visit, login: str, typed: str) -> bool:
    """Whether it is the reader's password. Raises Refusal (429) for too many guesses."""
    rates: Rates = visit.request.app.state.rates
    address = address_of(visit.request)
    rates.try_to_sign_in(address, login)
    with visit.services.database.read() as connection:
        known = password_of(connection, login)
    fits = visit.services.passwords.fits(typed[:MOST], known[1] if known else None)
    if fits:
        rates.signed_in(address, login)
    return fits


def _page(
    visit: Visit, errors: Errors, issued: IssuedToken | None, typed: MailChoice | None = None
) -> Response:
    with visit.services.database.read() as connection:
        tokens = tokens_of(connection, visit.me.person_id)
        sessions = sessions_of(connection, visit.me.person_id, visit.now, session_of(visit.request))
        kept = MailChoice.of(contact_of(connection, visit.me.person_id), visit.language)
    context = {
        "tokens": tokens,
        "sessions": sessions,
        "issued": issued,
        "errors": errors,
        "address": str(visit.request.base_url),
        "mail": typed or kept,
        "mail_is_sent": visit.services.settings.smtp_url is not None,
    }
    response = visit.page("pages/account.html", "other", context, 422 if errors else 200)
    response.headers["Cache-Control"] = NEVER_KEPT
    return response
