"""My inbox: what I was told, and what I have read of it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field
from starlette.responses import Response

from api.changes import ChangeOf, Reply
from api.identity import CurrentActor, ServicesOf
from api.rest.fields import Cursor, Input, Limit, Output, Page
from api.rest.paging import cursor_after, number_of
from domain.errors import NotFound
from infra.inbox_marks import mark_read
from infra.queries.inbox_lines import InboxLine, inbox_lines
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(tags=["notifications"])

LARGEST = 2**62


class AboutOut(Output):
    """The challenge that a notification concerns; its title is in `language`."""

    id: str
    number: int
    title: str
    language: str


class NotificationOut(Output):
    """A line in the inbox. `kind` says what happened, `subject` the id of what it happened to.

    `challenge` is null where it concerns none, such as an invitation to a team.
    """

    id: int
    kind: str
    subject: str
    challenge: AboutOut | None
    created_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, line: InboxLine) -> "NotificationOut":
        """The line as the API shows it."""
        return cls(
            id=line.id,
            kind=line.kind,
            subject=line.subject,
            challenge=_about(line),
            created_at=line.created_at,
            read_at=line.read_at,
        )


def _about(line: InboxLine) -> AboutOut | None:
    if line.number is None or line.language is None:
        return None
    return AboutOut(id=line.challenge_id, number=line.number, title=line.title, language=line.language)


class ReadUpTo(Input):
    """Everything up to and including this notification was read."""

    up_to: Annotated[int, Field(strict=True, ge=1, le=LARGEST)]


class ReadOut(Output):
    """How many notifications were unread before."""

    marked: int


@router.get("/notifications")
def list_notifications(
    services: ServicesOf,
    actor: CurrentActor,
    unread: bool = False,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[Limit, Query()] = 20,
) -> Page[NotificationOut]:
    """What I was told, the newest first."""
    with services.database.read() as connection:
        lines, total = inbox_lines(
            connection, actor.person_id, unread=unread, before=number_of(cursor), limit=limit
        )
    more = cursor_after([line.id for line in lines], limit)
    return Page(items=[NotificationOut.of(line) for line in lines], total=total, next_cursor=more)


@router.post("/notifications/read", response_model=ReadOut)
def read_notifications(change: ChangeOf, actor: CurrentActor, read: ReadUpTo) -> Response:
    """Mark what I have read."""

    def act(work: SqlUnitOfWork) -> Reply:
        marked = mark_read(work.connection, actor.person_id, work.now(), read.up_to)
        return Reply(200, ReadOut(marked=marked))

    return change.run(actor, act)


@router.post("/notifications/{notification_id}/read", response_model=ReadOut)
def read_notification(
    change: ChangeOf,
    actor: CurrentActor,
    notification_id: Annotated[int, Path(ge=1, le=LARGEST)],
) -> Response:
    """Mark one of my notifications as read; again changes nothing."""

    def act(work: SqlUnitOfWork) -> Reply:
        lines, _ = inbox_lines(
            work.connection, actor.person_id, unread=False, before=notification_id + 1, limit=1
        )
        if not lines or lines[0].id != notification_id:
            raise NotFound(kind="notification", id=notification_id)
        marked = mark_read(work.connection, actor.person_id, work.now(), notification_id, only=True)
        return Reply(200, ReadOut(marked=marked))

    return change.run(actor, act)
