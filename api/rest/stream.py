"""Live hints over Server-Sent Events: what changed, for whoever may know of it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.sse import format_sse_event
from starlette.responses import Response, StreamingResponse

from api.hub import QUIET_SECONDS, Hint, News, Quiet, Reset
from api.identity import Caller, CallerOf, CurrentViewer
from api.metrics import FOLLOWERS
from api.problems import Refusal
from domain.audience import ANYONE, Viewer
from infra.queries.glance import glance

router = APIRouter(tags=["live"])

RETRY_MS = 2_000
EVENT_STREAM = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
EVENT = {
    "type": "object",
    "properties": {
        "event": {"type": "string"},
        "data": {"type": "string", "contentMediaType": "application/json"},
        "id": {"type": "string"},
        "retry": {"type": "integer"},
    },
}
DESCRIPTION = """
Each event is a hint: `event` is the kind of thing (challenge, team, bid, project, announcement), `data` is
`{"type", "id", "version", "event"}`. Fetch the thing to see what you may see of it. `id` is the
place in the log: an `EventSource` sends it back as `Last-Event-ID` and misses nothing, whichever process
answers. `reset` means that too much was missed: fetch everything anew.
"""


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {EVENT_STREAM: {"schema": EVENT}}}},
    description=DESCRIPTION,
)
async def follow(
    caller: CallerOf,
    viewer: CurrentViewer,
    last_event_id: Annotated[str | None, Header(max_length=2_000)] = None,
) -> Response:
    """Follow what happens, as far as I may know of it."""
    if not caller.services.hub.has_room:
        raise Refusal(503, "too_many_followers", {"Retry-After": "10"})
    return StreamingResponse(
        _lines(caller, viewer, last_event_id), media_type=EVENT_STREAM, headers=dict(HEADERS)
    )


async def _lines(caller: Caller, viewer: Viewer, after: str | None) -> AsyncIterator[bytes]:
    """The stream's bytes; it ends where the follower is somebody else by now, or nobody."""
    hub = caller.services.hub
    checked = time.monotonic()
    with FOLLOWERS.track_inprogress():
        # Whoever goes on after a place has not seen what follows it yet.
        place = hub.position if after is None else None
        yield format_sse_event(id=place, retry=RETRY_MS, comment="hints follow")
        async with aclosing(hub.follow(viewer, after)) as news:
            async for one in news:
                if time.monotonic() - checked > QUIET_SECONDS:
                    if await asyncio.to_thread(_is_another, caller, viewer):
                        return
                    checked = time.monotonic()
                yield _event(one)


def _event(news: News) -> bytes:
    match news:
        case Hint():
            data = {"type": news.type, "id": news.id, "version": news.version, "event": news.event}
            place = news.position or None
            return format_sse_event(event=news.type, data_str=json.dumps(data), id=place)
        case Reset():
            return format_sse_event(event="reset", data_str="{}", id=news.position)
        case Quiet():
            return format_sse_event(comment="quiet", id=news.position)


def _is_another(caller: Caller, viewer: Viewer) -> bool:
    """Whether the person has lost the token, the session, the organisation or the role since."""
    try:
        with glance(caller.services.database) as look:
            identity = caller.identity(look)
    except Refusal:
        return True
    now = identity.viewer if identity else ANYONE
    return now != replace(viewer, accepted_terms=frozenset())
