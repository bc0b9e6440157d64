"""One visit to a page: who reads it, in which language and theme, and the ways to answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse

from api.identity import Caller, CallerOf, not_signed_in, optional_identity
from api.services import Services
from api.web import templating
from api.web.i18n import Language, Reader, called, negotiate_language, reading
from api.web.people import role_line
from api.web.shell import Place, Shell
from api.web.shell import Viewer as ShellViewer
from api.web.templating import Theme, theme_of
from domain.audience import ANYONE, Viewer
from domain.organisations import Actor, OrganisationKind, Role
from infra.queries.identities import accepted_terms_of
from infra.queries.reader_card import ReaderCard, reader_card

LANGUAGE_COOKIE, THEME_COOKIE, MESSAGE_COOKIE = "lang", "theme", "said"
TRIED_COOKIE = "tried"
"""The sign-in name that was typed with a wrong password, for the form that is shown again."""
MESSAGE_SECONDS = 60
PRIVATE = "private, no-cache"


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page's route gets; made anew for each request. `card` is None for whoever is not signed in."""

    request: Request
    services: Services
    actor: Actor | None
    viewer: Viewer
    card: ReaderCard | None
    language: Language
    theme: Theme
    now: datetime

    @property
    def me(self) -> Actor:
        """The person who is signed in; raises Refusal (401) where nobody is."""
        if self.actor is None:
            raise not_signed_in()
        return self.actor

    def require_signed_in(self) -> None:
        """Raise Refusal (401) where nobody is signed in."""
        if self.actor is None:
            raise not_signed_in()

    @property
    def posts(self) -> bool:
        """Whether the reader posts challenges for a factory."""
        return (
            self.card is not None
            and self.card.organisation_kind is OrganisationKind.FACTORY
            and self.me.has(Role.ENGINEER, Role.FACTORY_ADMIN)
        )

    @property
    def approves(self) -> bool:
        """Whether the reader publishes what others of the factory posted."""
        return self.posts and self.me.has(Role.FACTORY_ADMIN)

    @property
    def wants_fragment(self) -> bool:
        """Whether a script asks for a part of the page; going back in the history asks for all of it."""
        headers = self.request.headers
        return "hx-request" in headers and "hx-history-restore-request" not in headers

    def page(
        self, template: str, place: Place, context: Mapping[str, object], status: int = 200
    ) -> HTMLResponse:
        """A whole page; shows the message that the request before left, once."""
        said = self.request.cookies.get(MESSAGE_COOKIE)
        shown = {"shell": self.shell(place), "said": said, **context}
        response = HTMLResponse(self._render(template, shown), status, _headers())
        if said is not None:
            response.delete_cookie(MESSAGE_COOKIE)
        return response

    def fragment(self, template: str, context: Mapping[str, object], status: int = 200) -> HTMLResponse:
        """A part of a page."""
        return HTMLResponse(self._render(template, context), status, _headers())

    def go(self, path: str, said: str | None = None) -> RedirectResponse:
        """On to another page of this site, after a form was taken; `said` is a code of `messages`."""
        response = RedirectResponse(path, 303)
        if said is not None:
            response.set_cookie(MESSAGE_COOKIE, said, MESSAGE_SECONDS, httponly=True, samesite="lax")
        return response

    def shell(self, place: Place) -> Shell:
        """The page's frame."""
        return Shell(
            place=place,
            viewer=self._shell_viewer(),
            sample_data=self.services.settings.sample_data,
            path=path_of(self.request),
        )

    def _render(self, template: str, context: Mapping[str, object]) -> str:
        reader = {"me": self.card, "taxonomy": self.services.taxonomy}
        return templating.render(
            template, {**reader, **context}, locale=self.language, theme=self.theme, now=self.now
        )

    def _shell_viewer(self) -> ShellViewer | None:
        if self.card is None:
            return None
        with reading(Reader(self.language, self.now)):
            return ShellViewer(
                name=called(self.card.name),
                role=role_line(self.card),
                unread=self.card.unread,
                may_post=self.posts,
            )


def visit_of(request: Request, caller: CallerOf) -> Visit:
    """The visit that a request is; a dependency of pages. Raises Refusal (401) for an invalid token."""
    identity, viewer, card = optional_identity(caller), ANYONE, None
    if identity is not None:
        with caller.services.database.read() as connection:
            accepted = accepted_terms_of(connection, identity.person_id)
            card = reader_card(connection, identity.person_id)
        viewer = replace(identity.viewer, accepted_terms=accepted)
    return Visit(
        request=request,
        services=caller.services,
        actor=identity.actor if identity else None,
        viewer=viewer,
        card=card,
        language=language_of(request),
        theme=theme_of(request.cookies.get(THEME_COOKIE)),
        now=caller.services.clock.now(),
    )


def shell_of(request: Request, place: Place) -> Shell:
    """The frame for a page that no route makes; raises what the database raises."""
    return visit_of(request, Caller.of(request, request.app.state.services)).shell(place)


def language_of(request: Request) -> Language:
    """The language that the reader chose here, else the browser's, else Chinese."""
    return negotiate_language(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language"))


def sign_in_path(request: Request) -> str:
    """Where to sign in, and to come back from to what was asked for, or to the form that was sent."""
    if request.method == "GET":
        return f"/sign-in?{urlencode({'next': path_of(request)})}"
    return f"/sign-in?{urlencode({'ended': 1, 'next': came_from(request)})}"


def came_from(request: Request) -> str:
    """The page of this site that sent a form; the first page where the browser does not say."""
    page = urlsplit(request.headers.get("referer", ""))
    if page.netloc != request.url.netloc or not page.path:
        return "/"
    return f"{page.path}?{page.query}" if page.query else page.path


def path_of(request: Request) -> str:
    """What was asked for, with its query."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def _headers() -> dict[str, str]:
    return {"Cache-Control": PRIVATE, "Vary": "Cookie, Accept-Language, HX-Request"}


VisitOf = Annotated[Visit, Depends(visit_of)]
