"""What a person was told, and the feed of what happens in the market."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.web.forms import YEARS, FormOf
from api.web.visit import Visit, VisitOf
from domain.errors import NotFound
from domain.notices import Notice
from infra.inbox_marks import mark_read
from infra.queries.happenings import happenings
from infra.queries.inbox_lines import InboxLine, inbox_lines, unread_count

router = APIRouter()

LINES, FACTS = 50, 40
ABOUT_PROJECTS = frozenset(
    {
        Notice.MILESTONE_SUBMITTED,
        Notice.MILESTONE_SIGNED,
        Notice.MILESTONE_RETURNED,
        Notice.MILESTONE_OVERDUE,
        Notice.PROJECT_DELIVERED,
        Notice.PROJECT_ACCEPTED,
        Notice.PROJECT_STOPPED,
    }
)
ABOUT_BIDS_IN = frozenset({Notice.BID_RECEIVED, Notice.BID_REVISED})
ABOUT_OWN_BID = frozenset({Notice.BID_AWARDED, Notice.BID_RESERVED, Notice.BID_DECLINED})
LineId = Annotated[int, Path(ge=1, le=2**53)]
LineKey = Annotated[int | None, Query(ge=1, le=2**53)]


@router.get("/inbox")
def inbox(visit: VisitOf, show: Literal["unread", "all"] | None = None, before: LineKey = None) -> Response:
    """What was told, the newest first: the unread lines where there are any, else all."""
    me = visit.me.person_id
    with visit.services.database.read() as connection:
        unread = unread_count(connection, me)
        only_unread = show == "unread" or (show is None and unread > 0)
        lines, total = inbox_lines(connection, me, unread=only_unread, before=before, limit=LINES + 1)
    shown = [(line, _target(line)) for line in lines[:LINES]]
    context = {
        "lines": shown,
        "newest": lines[0].id if lines else 0,
        "more": lines[LINES - 1].id if len(lines) > LINES else None,
        "unread": unread,
        "total": total,
        "show": "unread" if only_unread else "all",
    }
    if visit.wants_fragment and before is not None:
        return visit.fragment("fragments/inbox_lines.html", context)
    return visit.page("pages/inbox.html", "other", context)


@router.get("/inbox/bell")
def bell(visit: VisitOf) -> Response:
    """The bell of the rail with how much waits unread."""
    with visit.services.database.read() as connection:
        unread = unread_count(connection, visit.me.person_id)
    return visit.fragment("fragments/bell.html", {"unread": unread})


@router.post("/inbox/read")
def read(visit: VisitOf, form: FormOf) -> Response:
    """Mark everything up to the newest line that was shown as read."""
    newest = form.whole("up_to", 0, 2**53, 0)
    with visit.services.database.write() as connection:
        mark_read(connection, visit.me.person_id, visit.now, newest)
        connection.commit()
    return visit.go("/inbox", "all_read")


@router.get("/inbox/{line_id}")
def follow(visit: VisitOf, line_id: LineId) -> Response:
    """Go to what a line is about; reading alone changes nothing, so it stays unread."""
    return visit.go(_target(_line(visit, line_id)))


@router.post("/inbox/{line_id}")
def open_line(visit: VisitOf, line_id: LineId) -> Response:
    """Mark a line as read and go to what it is about."""
    line = _line(visit, line_id)
    if line.read_at is None:
        with visit.services.database.write() as connection:
            mark_read(connection, visit.me.person_id, visit.now, line_id, only=True)
            connection.commit()
    return visit.go(_target(line))


@router.get("/feed")
def feed(visit: VisitOf, before: Annotated[datetime | None, Query()] = None) -> Response:
    """What happened lately, as far as the reader may know."""
    moment = before if before and before.tzinfo and before.year in YEARS else None
    with visit.services.database.read() as connection:
        facts = happenings(connection, visit.viewer, visit.actor, FACTS, before=moment)
    context = {"happenings": facts, "full": len(facts) == FACTS}
    if visit.wants_fragment and moment is not None:
        return visit.fragment("fragments/feed_rows.html", context)
    return visit.page("pages/feed.html", "feed", context)


def _line(visit: Visit, line_id: int) -> InboxLine:
    """The reader's line; raises NotFound."""
    with visit.services.database.read() as connection:
        found, _ = inbox_lines(connection, visit.me.person_id, unread=False, before=line_id + 1, limit=1)
    if not found or found[0].id != line_id:
        raise NotFound(kind="message", id=line_id)
    return found[0]


def _target(line: InboxLine) -> str:
    kind = Notice(line.kind)
    if kind in ABOUT_PROJECTS:
        return f"/projects/{line.subject}"
    if kind in ABOUT_BIDS_IN:
        return f"/challenges/{line.challenge_id}/bids"
    if kind in ABOUT_OWN_BID:
        return f"/challenges/{line.challenge_id}/bid"
    if kind is Notice.TEAM_INVITATION:
        return "/team"
    return f"/challenges/{line.challenge_id}/matches"
