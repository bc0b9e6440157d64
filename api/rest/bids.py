"""Bids: a captain proposes until the deadline; the factory looks closer, and awards."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from api.changes import Change, ChangeOf, ChangeOnce, Reply
from api.etags import ExpectedVersion
from api.identity import CurrentActor, CurrentViewer, ServicesOf
from api.rest.answers import ETAG, LOCATION, answered, refusals, success
from api.rest.fields import Cursor, Id, Limit, Page
from api.rest.models.bids import AwardIn, BidChange, BidIn, BidOut, revised
from api.rest.models.projects import ProjectOut
from api.rest.paging import cursor_after, text_of
from api.rest.projects import project_out
from api.rest.sight import seen_bid, seen_challenge, shown
from api.services import Services
from domain.bids import Bid
from domain.errors import NotFound, StaleAggregate
from domain.organisations import Actor
from domain.use_cases.bids import award_bid, place_bid, revise_bid, shortlist_bid, withdraw_bid
from infra.queries.challenge_card import challenge_card
from infra.queries.glance import glance
from infra.queries.visible_bids import VisibleBid, visible_bid, visible_bids
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(tags=["bids"])

Step = Callable[[SqlUnitOfWork, Actor, str], Bid]
STEP = success(200, "Done") | refusals(401, 403, 404, 409, 422)


@router.post(
    "/challenges/{challenge_id}/bids",
    status_code=201,
    response_model=BidOut,
    responses=success(201, "Sent", ETAG | LOCATION) | refusals(401, 403, 404, 409, 422),
)
def place(
    challenge_id: Id, change: ChangeOnce, actor: CurrentActor, viewer: CurrentViewer, wanted: BidIn
) -> Response:
    """Send my team's bid for an open challenge; one a team, from its captain."""

    def act(work: SqlUnitOfWork) -> Reply:
        seen_challenge(work, viewer, challenge_id)
        bid = place_bid(work, actor, challenge_id, wanted.team_id, wanted.proposal)
        return Reply(201, _out(work, actor, bid.id), bid.version, f"/api/v1/bids/{bid.id}")

    return change.run(actor, act)


@router.get("/challenges/{challenge_id}/bids", responses=refusals(401, 404, 422))
def list_of_challenge(
    challenge_id: Id,
    services: ServicesOf,
    actor: CurrentActor,
    viewer: CurrentViewer,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[Limit, Query()] = 20,
) -> Page[BidOut]:
    """The bids for a challenge that I may see: I choose among them for its factory, or it is my team's."""
    with glance(services.database) as look:
        shown(challenge_card(look, challenge_id), viewer, challenge_id)
    return _page(services, actor, challenge_id, cursor, limit)


@router.get("/bids", responses=refusals(401, 422))
def list_mine(
    services: ServicesOf,
    actor: CurrentActor,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[Limit, Query()] = 20,
) -> Page[BidOut]:
    """My teams' bids, and those that I choose among for my factory; the newest first."""
    return _page(services, actor, None, cursor, limit)


@router.get(
    "/bids/{bid_id}", response_model=BidOut, responses=success(200, "The bid") | refusals(401, 404, 422)
)
def read(bid_id: Id, services: ServicesOf, actor: CurrentActor) -> Response:
    """One bid: for its team, and once it was sent for the factory's engineers and administrators."""
    with services.database.read() as connection:
        line = _known(visible_bid(connection, actor, bid_id), bid_id)
    return answered(BidOut.of(line), line.bid.version)


@router.patch(
    "/bids/{bid_id}",
    response_model=BidOut,
    responses=success(200, "Revised") | refusals(401, 403, 404, 409, 412, 422, 428),
)
def revise(
    bid_id: Id,
    change: ChangeOf,
    actor: CurrentActor,
    version: ExpectedVersion,
    wanted: Annotated[BidChange, Body()],
) -> Response:
    """Change what is given of a bid that was sent, before the deadline."""

    def act(work: SqlUnitOfWork) -> Reply:
        bid = seen_bid(work, actor, bid_id)
        if version not in (None, bid.version):
            raise StaleAggregate(kind=bid.name, id=bid_id, version=bid.version)
        bid = revise_bid(work, actor, bid_id, revised(bid, wanted))
        return Reply(200, _out(work, actor, bid_id), bid.version)

    return change.run(actor, act)


@router.post("/bids/{bid_id}/withdraw", response_model=BidOut, responses=STEP)
def withdraw(bid_id: Id, change: ChangeOf, actor: CurrentActor) -> Response:
    """Take my team's bid back, before the deadline."""
    return _step(change, actor, bid_id, withdraw_bid)


@router.post("/bids/{bid_id}/shortlist", response_model=BidOut, responses=STEP)
def shortlist(bid_id: Id, change: ChangeOf, actor: CurrentActor) -> Response:
    """Mark a bid as one that my factory looks at more closely."""
    return _step(change, actor, bid_id, shortlist_bid)


@router.post(
    "/bids/{bid_id}/award",
    status_code=201,
    response_model=ProjectOut,
    responses=success(201, "The project", ETAG | LOCATION) | refusals(401, 403, 404, 409, 422),
)
def award(
    bid_id: Id,
    change: ChangeOnce,
    actor: CurrentActor,
    wanted: Annotated[AwardIn | None, Body()] = None,
) -> Response:
    """Choose the winner, tell the others, and start the project: all of it or nothing."""
    chosen = wanted or AwardIn()

    def act(work: SqlUnitOfWork) -> Reply:
        seen_bid(work, actor, bid_id)
        project = award_bid(work, actor, bid_id, chosen.award)
        location = f"/api/v1/projects/{project.id}"
        return Reply(201, project_out(work, project.id), project.version, location)

    return change.run(actor, act)


def _step(change: Change, actor: Actor, bid_id: str, step: Step) -> Response:
    def act(work: SqlUnitOfWork) -> Reply:
        seen_bid(work, actor, bid_id)
        bid = step(work, actor, bid_id)
        return Reply(200, _out(work, actor, bid_id), bid.version)

    return change.run(actor, act)


def _page(
    services: Services, actor: Actor, challenge_id: str | None, cursor: str | None, limit: int
) -> Page[BidOut]:
    with services.database.read() as connection:
        lines, total = visible_bids(connection, actor, challenge_id, text_of(cursor), limit)
    more = cursor_after([line.bid.id for line in lines], limit)
    return Page(items=[BidOut.of(line) for line in lines], total=total, next_cursor=more)


def _out(work: SqlUnitOfWork, actor: Actor, bid_id: str) -> BidOut:
    return BidOut.of(_known(visible_bid(work.connection, actor, bid_id), bid_id))


def _known(line: VisibleBid | None, bid_id: str) -> VisibleBid:
    if line is None:
        raise NotFound(kind=Bid.name, id=bid_id)
    return line
