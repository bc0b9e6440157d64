"""Teams: forming them, and keeping them what they are."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from api.changes import ChangeOf, ChangeOnce, Reply
from api.etags import ExpectedVersion
from api.identity import CurrentActor, CurrentViewer, ServicesOf
from api.rest.answers import ETAG, LOCATION, answered, refusals, success
from api.rest.fields import Cursor, Id, Limit, Page
from api.rest.models.teams import TeamChange, TeamIn, TeamOut
from api.rest.paging import cursor_after, text_of
from api.services import Services
from domain.audience import Viewer
from domain.errors import NotFound
from domain.use_cases.teams import ChangeTeam, FormTeam, change_team, form_team
from infra.queries.team_cards import team_cards
from infra.queries.teams_of_viewer import teams_of_viewer
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(prefix="/teams", tags=["teams"])


@router.post(
    "",
    status_code=201,
    response_model=TeamOut,
    responses=success(201, "Formed", ETAG | LOCATION) | refusals(401, 403, 404, 409, 422),
)
def form(
    services: ServicesOf, change: ChangeOnce, actor: CurrentActor, viewer: CurrentViewer, wanted: TeamIn
) -> Response:
    """Form a team that I lead; the students of `member_ids` are asked to join, of one school or several."""

    def act(work: SqlUnitOfWork) -> Reply:
        command = FormTeam(
            wanted.title, tuple(wanted.member_ids), wanted.hours_per_week, wanted.school_mentor_id
        )
        team = form_team(work, actor, command)
        location = f"/api/v1/teams/{team.id}"
        return Reply(201, team_out(work, services, viewer, team.id), team.version, location)

    return change.run(actor, act)


@router.get("", responses=refusals(401, 422))
def list_teams(
    services: ServicesOf,
    _: CurrentActor,
    viewer: CurrentViewer,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[Limit, Query()] = 20,
) -> Page[TeamOut]:
    """My teams and those with students of my school, the newest first; an administrator sees all."""
    with services.database.read() as connection:
        ids, total = teams_of_viewer(connection, viewer, text_of(cursor), limit)
        cards = team_cards(connection, ids)
    items = [TeamOut.of(cards[id], services.taxonomy, viewer) for id in ids]
    return Page(items=items, total=total, next_cursor=cursor_after(ids, limit))


@router.get(
    "/{team_id}", response_model=TeamOut, responses=success(200, "The team") | refusals(401, 404, 422)
)
def read(team_id: Id, services: ServicesOf, _: CurrentActor, viewer: CurrentViewer) -> Response:
    """One team; its people are for itself, its schools and administrators."""
    with services.database.read() as connection:
        team = team_cards(connection, [team_id]).get(team_id)
    if team is None:
        raise NotFound(kind="team", id=team_id)
    return answered(TeamOut.of(team, services.taxonomy, viewer), team.version)


@router.patch(
    "/{team_id}",
    response_model=TeamOut,
    responses=success(200, "Changed") | refusals(401, 403, 404, 409, 412, 422, 428),
)
def change_one(
    team_id: Id,
    services: ServicesOf,
    change: ChangeOf,
    actor: CurrentActor,
    viewer: CurrentViewer,
    version: ExpectedVersion,
    wanted: Annotated[TeamChange, Body()],
) -> Response:
    """Change what is given; only the captain does, and the roster of a locked team stays.

    Members who are not in `member_ids` are let go; students in it who are no members are asked to join.
    """

    def act(work: SqlUnitOfWork) -> Reply:
        expected = work.teams.get(team_id).version if version is None else version
        members = wanted.get("member_ids")
        command = ChangeTeam(
            title=wanted.get("title"),
            member_ids=None if members is None else tuple(members),
            hours_per_week=wanted.get("hours_per_week"),
            school_mentor_id=wanted.get("school_mentor_id"),
            locked=wanted.get("locked"),
            captain_id=wanted.get("captain_id"),
        )
        team = change_team(work, actor, team_id, expected, command)
        return Reply(200, team_out(work, services, viewer, team_id), team.version)

    return change.run(actor, act)


def team_out(work: SqlUnitOfWork, services: Services, viewer: Viewer, team_id: str) -> TeamOut:
    """The team as this transaction leaves it."""
    return TeamOut.of(team_cards(work.connection, [team_id])[team_id], services.taxonomy, viewer)
