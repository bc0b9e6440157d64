"""The catalogue for one reader: the choices made, the hits as notices, the facets with their counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.datastructures import QueryParams

from api.services import Ranking
from api.web.figures import whole_points
from api.web.i18n import called
from api.web.views.notices import Notice, fits, may_list, notice_of, supply_of
from api.web.visit import Visit
from domain.challenges import ChallengeState
from domain.errors import Invalid
from domain.matching.model import Supply
from infra.queries.documents import listings
from infra.queries.match_outcomes import not_relevant_to
from infra.queries.names import names_of_organisations
from search.queries import REWARD_BANDS, CatalogueQuery, Facet, FacetName, SearchHit, SearchPage, Sort

PAGE = 20
COLLECTED: Final = 500
"""Of so many hits at most, by date, are fits compared."""
BY_FIT = "fit"
FIT_BANDS = {"80": (80, 101), "65": (65, 80), "50": (50, 65), "0": (0, 50)}
GATED = "gate"
SHOWN_STATES = (
    ChallengeState.OPEN,
    ChallengeState.JUDGING,
    ChallengeState.AWARDED,
    ChallengeState.IN_PROGRESS,
    ChallengeState.DELIVERED,
    ChallengeState.ACCEPTED,
    ChallengeState.CLOSED_UNAWARDED,
    ChallengeState.CANCELLED,
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a reader asks of the catalogue, as the address says it. Facets hold several values each.

    `unwanted` asks for what does not concern the reader's team, too, where fits are compared.
    """

    text: str = ""
    state: tuple[str, ...] = ()
    factory: tuple[str, ...] = ()
    skill: tuple[str, ...] = ()
    industry: tuple[str, ...] = ()
    reward: tuple[str, ...] = ()
    fit: tuple[str, ...] = ()
    sort: str = ""
    cursor: str | None = None
    unwanted: bool = False

    @classmethod
    def read(cls, query: QueryParams, has_team: bool) -> "Choices":
        """Without a choice, what is open; words alone look everywhere. `f` says that choices were made."""
        chosen = {name: tuple(dict.fromkeys(query.getlist(name))) for name in FACETS}
        text = query.get("q", "").strip()[:200]
        if "f" not in query and not text and not chosen["state"]:
            chosen["state"] = (ChallengeState.OPEN.value,)
        chosen["reward"] = tuple(band for band in chosen["reward"] if band in _BANDS)[:1]
        chosen["fit"] = tuple(band for band in chosen["fit"] if band in (*FIT_BANDS, GATED))
        sorts = [BY_FIT, *Sort] if has_team else [*Sort]
        sort = query.get("sort", "")
        return cls(
            text,
            **chosen,
            sort=sort if sort in sorts else "",
            cursor=query.get("cursor"),
            unwanted=has_team and query.get("unwanted") == "1",
        )

    def href(self, **changes: object) -> str:
        """The address of these choices with `changes`; from the first page unless they name another."""
        asked = replace(self, **{"cursor": None, **changes})  # type: ignore[arg-type]
        pairs = [("f", "1"), ("q", asked.text), ("sort", asked.sort), ("cursor", asked.cursor or "")]
        pairs.append(("unwanted", "1" if asked.unwanted else ""))
        pairs += [(name, value) for name in FACETS for value in getattr(asked, name)]
        return "/?" + urlencode([pair for pair in pairs if pair[1]])

    def without(self, facet: str, value: str) -> str:
        """The address with one choice less."""
        return self.href(**{facet: tuple(v for v in getattr(self, facet) if v != value)})

    def query(self, visit: Visit, sort: Sort, cursor: str | None, limit: int) -> CatalogueQuery:
        """The question for the catalogue."""
        band = _BANDS.get(self.reward[0]) if self.reward else None
        return CatalogueQuery(
            text=self.text,
            viewer=visit.viewer,
            states=frozenset(self.state),
            factories=frozenset(self.factory),
            skills=frozenset(self.skill),
            industries=frozenset(self.industry),
            reward_min=band.low if band else None,
            reward_max=band.high - 1 if band and band.high is not None else None,
            sort=sort,
            cursor=cursor,
            limit=limit,
        )


FACETS = ("state", "industry", "skill", "factory", "reward", "fit")
_BANDS = {band.value: band for band in REWARD_BANDS}


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a facet with its hits; `text` is its name where it has one of its own."""

    value: str
    text: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What the reader sees. With `at_least` there are more than `total`; `more` leads on.

    `hidden` counts what is left out, because the reader's team said that it does not concern them.
    """

    choices: Choices
    sort: str
    notices: tuple[Notice, ...]
    total: int
    at_least: bool
    facets: Mapping[str, tuple[Option, ...]]
    more: str | None
    compared: int | None
    hidden: int = 0

    @property
    def filters(self) -> int:
        """How many choices narrow the list."""
        return sum(option.chosen for options in self.facets.values() for option in options)


def find(visit: Visit, ranking: Ranking, team_id: str | None) -> Found:
    """Answer the address; raises InvalidCursor, CatalogueUnavailable."""
    supply = supply_of(ranking, team_id)
    choices = Choices.read(visit.request.query_params, supply is not None)
    default = Sort.RELEVANCE if choices.text else BY_FIT if supply else Sort.NEWEST
    sort = choices.sort or default
    unwanted = _unwanted(visit, supply)
    if supply is not None and (sort == BY_FIT or choices.fit):
        return _by_fit(visit, ranking, supply, unwanted, choices, sort)
    page = visit.services.catalogue.search(choices.query(visit, Sort(sort), choices.cursor, PAGE))
    notices = _notices(visit, ranking, supply, unwanted, page.hits)
    more = choices.href(cursor=page.next_cursor) if page.next_cursor else None
    return Found(
        choices, sort, notices, page.total, page.total_relation == "gte",
        _facets(visit, choices, page, None), more, None,
    )  # fmt: skip


def _unwanted(visit: Visit, supply: Supply | None) -> frozenset[str]:
    if supply is None:
        return frozenset()
    with visit.services.database.read() as connection:
        return not_relevant_to(connection, supply.team_id)


def _by_fit(
    visit: Visit,
    ranking: Ranking,
    supply: Supply,
    unwanted: frozenset[str],
    choices: Choices,
    sort: str,
) -> Found:
    """By fit, what does not concern the team is left out, or comes last where it was asked for."""
    order = Sort.NEWEST if sort == BY_FIT else Sort(sort)
    page, collected = _collect(visit, choices, order)
    leaves_out = sort == BY_FIT and not choices.unwanted
    hits = [hit for hit in collected if not (leaves_out and hit.id in unwanted)]
    hidden = len(collected) - len(hits)
    scores = ranking.score_for_team(supply, [hit.id for hit in hits])
    counts = {band: sum(_in_band(scores[hit.id], band) for hit in hits) for band in (*FIT_BANDS, GATED)}
    wanted = [h for h in hits if not choices.fit or any(_in_band(scores[h.id], b) for b in choices.fit)]
    if sort == BY_FIT:
        wanted.sort(key=lambda hit: (hit.id in unwanted, _downwards(scores[hit.id])))
    start = _offset(choices.cursor)
    shown = wanted[start : start + PAGE]
    following = start + PAGE
    total = len(wanted) if choices.fit else page.total - hidden
    return Found(
        choices,
        sort,
        _notices(visit, ranking, supply, unwanted, shown),
        total,
        page.total_relation == "gte",
        _facets(visit, choices, page, counts),
        choices.href(cursor=str(following)) if following < len(wanted) else None,
        len(collected) if page.total > len(collected) else None,
        hidden,
    )


def _collect(visit: Visit, choices: Choices, sort: Sort) -> tuple[SearchPage, list[SearchHit]]:
    """The first page, and all hits up to the limit."""
    first = page = visit.services.catalogue.search(choices.query(visit, sort, None, 100))
    hits = list(page.hits)
    while page.next_cursor is not None and len(hits) < COLLECTED:
        page = visit.services.catalogue.search(choices.query(visit, sort, page.next_cursor, 100))
        hits += page.hits
    return first, hits


def _downwards(score: float | None) -> float:
    """Orders the best first, and behind them those with a closed gate."""
    return 1.0 if score is None else -score


def _in_band(score: float | None, band: str) -> bool:
    if score is None or band == GATED:
        return score is None and band == GATED
    low, high = FIT_BANDS[band]
    return low <= whole_points(score) < high


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > 4:
        raise Invalid(field="cursor")
    return int(cursor)


def _notices(
    visit: Visit,
    ranking: Ranking,
    supply: Supply | None,
    unwanted: frozenset[str],
    hits: Iterable[SearchHit],
) -> tuple[Notice, ...]:
    """The hits as the rows are now: what the reader may no longer see is left out."""
    ordered = list(hits)
    with visit.services.database.read() as connection:
        found = {one.challenge.id: one for one in listings(connection, [hit.id for hit in ordered])}
    visible = {id: one for id, one in found.items() if may_list(visit, one.challenge)}
    own_fits = fits([one.challenge for one in visible.values()], supply, ranking)
    return tuple(
        replace(
            notice_of(visit, visible[hit.id]),
            # The backend has escaped them; its only tag is <mark>.
            title=Markup(hit.title_html),  # noqa: S704
            snippet=Markup(hit.snippet_html),  # noqa: S704
            fit=own_fits.get(hit.id),
            not_relevant=hit.id in unwanted,
        )
        for hit in ordered
        if hit.id in visible
    )


def _facets(
    visit: Visit, choices: Choices, page: SearchPage, fit: Mapping[str, int] | None
) -> Mapping[str, tuple[Option, ...]]:
    taxonomy = visit.services.taxonomy
    trades = {trade.code: called(trade) for trade in taxonomy.trades}
    factories = {facet.value for facet in page.facets.get(FacetName.FACTORY, ())} | set(choices.factory)
    with visit.services.database.read() as connection:
        names = {id: called(name) for id, name in names_of_organisations(connection, factories).items()}
    skills = {facet.value for facet in page.facets.get(FacetName.SKILL, ())} | set(choices.skill)
    texts: Mapping[FacetName, Mapping[str, str]] = {
        FacetName.STATE: {state.value: "" for state in SHOWN_STATES},
        FacetName.INDUSTRY: trades,
        FacetName.SKILL: {code: called(taxonomy.skill(code)) for code in skills if code in taxonomy},
        FacetName.FACTORY: names,
        FacetName.REWARD: dict.fromkeys(_BANDS, ""),
    }
    options = {
        name.value: _options(page.facets.get(name, ()), known, getattr(choices, name.value))
        for name, known in texts.items()
    }
    if fit is not None:
        options["fit"] = tuple(Option(band, "", n, band in choices.fit) for band, n in fit.items())
    return options


def _options(
    counted: Sequence[Facet], texts: Mapping[str, str], chosen: tuple[str, ...]
) -> tuple[Option, ...]:
    """The counted values, and those that are chosen and no longer count; values without a name are left."""
    counts = {facet.value: facet.count for facet in counted}
    values = [*counts, *(value for value in chosen if value not in counts)]
    return tuple(
        Option(value, texts[value], counts.get(value, 0), value in chosen)
        for value in values
        if value in texts
    )
