"""The pages, ready to be put into the application."""

from collections.abc import Sequence

from fastapi import APIRouter, Depends, FastAPI, Request

from api.web import i18n, static_files
from api.web.errors import PageErrors
from api.web.routes import (
    account,
    bids,
    catalogue,
    challenge,
    inbox,
    local_skills,
    mine,
    posting,
    projects,
    skills,
    team,
)
from api.web.visit import language_of

PAGES: Sequence[APIRouter] = tuple(
    pages.router
    for pages in (
        account,
        catalogue,
        challenge,
        posting,
        bids,
        projects,
        mine,
        team,
        inbox,
        skills,
        local_skills,
    )
)


def install(app: FastAPI) -> None:
    """Add the pages and their files; call it once the application's other layers and routes are in place."""
    app.add_middleware(PageErrors)
    app.include_router(static_files.router)
    for router in PAGES:
        app.include_router(router, dependencies=[Depends(speak)], include_in_schema=False)


async def speak(request: Request) -> None:  # a coroutine: what it sets holds for the whole request
    """Let every text that the request makes be in the reader's language."""
    i18n.speak(i18n.Reader(language_of(request), request.app.state.services.clock.now()))
