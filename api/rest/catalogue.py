"""The catalogue of challenges: search with facets, the list of one's own factory, and suggestions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import StringConstraints

from api.identity import CurrentActor, CurrentViewer, ServicesOf
from api.rest.answers import refusals
from api.rest.fields import Cursor, FacetValue, Id, Limit, Output, Page
from api.rest.models.challenges import ChallengeLine, Highlight
from api.rest.paging import cursor_after, number_of
from api.rest.sight import may_see_challenge
from domain.challenges import ChallengeState
from domain.organisations import Role
from infra.queries.documents import Listing, listings
from infra.queries.factory_challenges import challenges_of_factory, count_of_factory
from search.queries import CatalogueQuery, SearchHit, SearchPage, Sort, SuggestionKind

router = APIRouter(tags=["catalogue"])

Words = Annotated[str, StringConstraints(max_length=200)]
Chosen = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Amount = Annotated[int, Query(ge=0, le=1_000_000_000)]
MOST_CHOICES = 50


def catalogue_query(
    viewer: CurrentViewer,
    q: Annotated[Words, Query(description="Words in Chinese or English.")] = "",
    skill: Annotated[list[Chosen], Query(max_length=MOST_CHOICES)] = [],  # noqa: B006 - FastAPI copies it
    factory: Annotated[list[Id], Query(max_length=MOST_CHOICES)] = [],  # noqa: B006 - as above
    state: Annotated[list[ChallengeState], Query(max_length=MOST_CHOICES)] = [],  # noqa: B006 - as above
    industry: Annotated[list[Chosen], Query(max_length=MOST_CHOICES)] = [],  # noqa: B006 - as above
    reward_min: Amount | None = None,
    reward_max: Amount | None = None,
    sort: Sort = Sort.RELEVANCE,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[Limit, Query()] = 20,
) -> CatalogueQuery:
    """The question that a query string asks."""
    return CatalogueQuery(
        text=q,
        viewer=viewer,
        states=frozenset(state),
        factories=frozenset(factory),
        skills=frozenset(skill),
        industries=frozenset(industry),
        reward_min=reward_min,
        reward_max=reward_max,
        sort=sort,
        cursor=cursor,
        limit=limit,
    )


@router.get("/challenges", responses=refusals(401, 422, 503))
def search(
    services: ServicesOf, query: Annotated[CatalogueQuery, Depends(catalogue_query)]
) -> Page[ChallengeLine]:
    """Published challenges that I may see; values of one facet are alternatives, all else must hold.

    It follows changes within a second or two. Counts of a facet leave the choice in that facet aside.
    """
    page = services.catalogue.search(query)
    with services.database.read() as connection:
        rows = {row.challenge.id: row for row in listings(connection, (hit.id for hit in page.hits))}
    found = [
        ChallengeLine.of(rows[hit.id], services.taxonomy, _highlight(hit, rows[hit.id]))
        for hit in page.hits
        if hit.id in rows and may_see_challenge(rows[hit.id].challenge, query.viewer)
    ]
    return Page(
        items=found,
        total=page.total,
        total_relation=page.total_relation,
        next_cursor=page.next_cursor,
        facets=_facets(page),
    )


@router.get("/me/challenges", responses=refusals(401, 403, 422))
def list_own(
    services: ServicesOf,
    actor: CurrentActor,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[Limit, Query()] = 20,
) -> Page[ChallengeLine]:
    """All challenges of my factory, drafts too, the newest first; as they are this moment."""
    actor.require(Role.ENGINEER, Role.FACTORY_ADMIN, Role.MENTOR)
    with services.database.read() as connection:
        found = challenges_of_factory(connection, actor.organisation_id, below=number_of(cursor), most=limit)
        total = count_of_factory(connection, actor.organisation_id)
    more = cursor_after([listing.challenge.number for listing in found], limit)
    lines = [ChallengeLine.of(listing, services.taxonomy) for listing in found]
    return Page(items=lines, total=total, next_cursor=more)


class SuggestionOut(Output):
    """A skill or a challenge; `count` challenges are behind it."""

    id: str
    kind: SuggestionKind
    zh: str
    en: str
    count: int


@router.get("/suggestions", responses=refusals(401, 422, 503))
def suggest(
    services: ServicesOf,
    viewer: CurrentViewer,
    q: Annotated[Words, Query(description="What has been typed so far.")] = "",
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> Page[SuggestionOut]:
    """What I may be about to type: skills, then challenges that I may see."""
    found = services.catalogue.suggest(q, viewer, limit)
    named = [one.id for one in found if one.kind is SuggestionKind.CHALLENGE]
    with services.database.read() as connection:
        rows = {row.challenge.id: row.challenge for row in listings(connection, named)}
    items = [
        SuggestionOut.model_validate(one)
        for one in found
        if one.kind is SuggestionKind.SKILL or (one.id in rows and may_see_challenge(rows[one.id], viewer))
    ]
    return Page(items=items, total=len(items))


def _highlight(hit: SearchHit, listing: Listing) -> Highlight | None:
    """What the index found, if the row is still what was indexed: it may have become confidential."""
    if hit.doc_version != listing.doc_version:
        return None
    return Highlight(title_html=hit.title_html, snippet_html=hit.snippet_html)


def _facets(page: SearchPage) -> dict[str, list[FacetValue]]:
    return {
        str(name): [FacetValue(value=one.value, count=one.count) for one in values]
        for name, values in page.facets.items()
    }
