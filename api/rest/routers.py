"""The modules of REST v1, in the order of the documentation."""

from collections.abc import Sequence

from fastapi import APIRouter

from api.rest import dead_letters, intake, me, notifications, stream, tokens

ROUTERS: Sequence[APIRouter] = (
    me.router,
    tokens.router,
    notifications.router,
    stream.router,
    intake.router,
    dead_letters.router,
)
"""All of them below `/api/v1`."""
