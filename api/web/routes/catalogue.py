"""The catalogue: search as you type, facets with counts, and the reader's team's fit beside each notice."""

from fastapi import APIRouter
from starlette.responses import Response

from api.web.views.catalogue import find
from api.web.views.own_team import gaps_of, own_team, team_summary
from api.web.views.suggestions import suggestions_for
from api.web.visit import VisitOf

router = APIRouter()


@router.get("/")
def catalogue(visit: VisitOf) -> Response:
    """The whole page; for a script, what a changed search or "more" replaces."""
    ranking = visit.services.rankings.now()
    team = own_team(visit)
    found = find(visit, ranking, team.id if team else None)
    if visit.wants_fragment:
        part = "page" if found.choices.cursor else "update"
        return visit.fragment(f"fragments/catalogue_{part}.html", {"found": found})
    summary = team_summary(visit, team.id) if team else None
    gaps = gaps_of(visit, ranking, team.id) if team else []
    return visit.page("pages/catalogue.html", "notices", {"found": found, "team": summary, "gaps": gaps})


@router.get("/suggest")
def suggest(visit: VisitOf, q: str = "") -> Response:
    """The suggestions for what was typed, for the search field that `for` names."""
    field = visit.request.query_params.get("for", "q")
    context = {"field": field if field in ("q", "jump") else "q", "groups": suggestions_for(visit, q)}
    return visit.fragment("fragments/suggestions.html", context)
