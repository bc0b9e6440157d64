"""A challenge: its brief behind the terms, the live ranking with its reasons, and what has happened."""

from fastapi import APIRouter
from starlette.responses import Response

from api.fits import ranking_now
from api.web.forms import FormOf
from api.web.ids import Id
from api.web.shell import Place
from api.web.views.challenge import ChallengeView, challenge_for, challenge_view, need_of
from api.web.views.matches import MOST, SHOWN, explained_for, matches_for
from api.web.views.own_team import own_team
from api.web.visit import Visit, VisitOf
from domain.errors import NotFound
from domain.matching.model import Need
from domain.use_cases.challenges import accept_terms
from domain.use_cases.outcomes import mark_not_relevant, take_back_not_relevant
from infra.queries.happenings import happenings
from infra.queries.names import names_of_organisations

router = APIRouter(prefix="/challenges/{challenge_id}")
FACTS = 100


@router.get("")
def brief(visit: VisitOf, challenge_id: Id) -> Response:
    """The brief, or the teaser with the terms to accept."""
    view = _view(visit, challenge_id)
    eligible = view.challenge.brief.eligible_schools
    with visit.services.database.read() as connection:
        schools = list(names_of_organisations(connection, eligible).values())
    context = {"schools": schools, "in_project": view.taken and _has_part(visit, view)}
    return _page(visit, view, "brief", context)


@router.get("/header")
def header(visit: VisitOf, challenge_id: Id, tab: str = "brief") -> Response:
    """The header alone, when something has changed."""
    view = _view(visit, challenge_id)
    context = {"view": view, "tab": tab, "approves": view.is_own and visit.approves}
    return visit.fragment("fragments/challenge_top.html", context)


@router.get("/matches")
def matches(visit: VisitOf, challenge_id: Id, most: int = SHOWN) -> Response:
    """The ranking; beside it why the reader's team, else the best one, stands where it stands."""
    return _matches(visit, challenge_id, None, most)


@router.get("/matches/{team_id}")
def match(visit: VisitOf, challenge_id: Id, team_id: Id, most: int = SHOWN) -> Response:
    """Why that team stands where it stands; on a phone a page of its own."""
    return _matches(visit, challenge_id, team_id, most)


@router.get("/history")
def history(visit: VisitOf, challenge_id: Id) -> Response:
    """What has happened, as far as the reader may know."""
    view = _view(visit, challenge_id)
    with visit.services.database.read() as connection:
        facts = happenings(connection, visit.viewer, visit.actor, FACTS, challenge_id=challenge_id)
    return _page(visit, view, "history", {"happenings": facts})


@router.post("/terms")
def terms(visit: VisitOf, form: FormOf, challenge_id: Id) -> Response:
    """Accept the edition of the terms that was read; a newer one has to be read first."""
    challenge_for(visit, challenge_id)
    path = f"/challenges/{challenge_id}"
    if not form.flag("accept"):
        return visit.go(path)
    with visit.services.store.begin() as work:
        accept_terms(work, visit.me, challenge_id, form.raw("terms"))
        work.commit()
    return visit.go(path, "terms_accepted")


@router.post("/not-relevant")
def not_relevant(visit: VisitOf, form: FormOf, challenge_id: Id) -> Response:
    """Say that the challenge does not concern the reader's team, or take that back."""
    visit.require_signed_in()
    challenge_for(visit, challenge_id)
    team = own_team(visit)
    if team is None:
        raise NotFound(kind="team")
    take_back = form.flag("take_back")
    with visit.services.store.begin() as work:
        say = take_back_not_relevant if take_back else mark_not_relevant
        say(work, visit.me, challenge_id, team.id)
        work.commit()
    return visit.go(f"/challenges/{challenge_id}/matches", "relevant_again" if take_back else "not_relevant")


def _view(visit: Visit, challenge_id: str) -> ChallengeView:
    sheet = challenge_for(visit, challenge_id)
    return challenge_view(visit, sheet, ranking_now(visit.services))


def _page(visit: Visit, view: ChallengeView, tab: str, context: dict[str, object]) -> Response:
    shown = {"view": view, "tab": tab, "approves": view.is_own and visit.approves, **context}
    place: Place = "mine" if view.is_own else "notices"
    return visit.page(f"pages/challenge_{tab}.html", place, shown)


def _has_part(visit: Visit, view: ChallengeView) -> bool:
    return visit.card is not None and any(team.id == view.sheet.winner_id for team in visit.card.teams)


def _matches(visit: Visit, challenge_id: str, team_id: str | None, most: int) -> Response:
    visit.require_signed_in()
    view = _view(visit, challenge_id)
    challenge, ranking = view.challenge, ranking_now(visit.services)
    need: Need | None = need_of(challenge)
    if need is None or not view.ranked:
        raise NotFound(kind="ranking", id=challenge_id)
    found = matches_for(visit, ranking, need, challenge_id, challenge.factory_id, max(1, min(most, MOST)))
    shown = team_id or (view.team.id if view.team else None)
    if shown is None and found.rows:
        shown = found.rows[0].team.id
    explained = explained_for(visit, ranking, need, shown, challenge.factory_id) if shown else None
    context = {
        "view": view,
        "matches": found,
        "explained": explained,
        "chosen": team_id is not None,
        "here": visit.request.url.path,
    }
    if visit.wants_fragment:
        return visit.fragment("fragments/match.html", context)
    return _page(visit, view, "matches", context)
