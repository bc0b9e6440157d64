"""Renders catalogue queries for Elasticsearch and reads its answers."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from domain.audience import Viewer
from search import cursors
from search.audience import listing_filter
from search.elasticsearch_index import KEY_SEPARATOR
from search.highlight import MARK_END, MARK_START, excerpt, to_html
from search.queries import (
    MAX_FACET_VALUES,
    REWARD_BANDS,
    CatalogueQuery,
    Facet,
    FacetName,
    SearchHit,
    SearchPage,
    Sort,
    Suggestion,
    SuggestionKind,
)
from search.text import Run, runs, typed

Body = dict[str, Any]

COUNTED = 10_000
MAX_SKILL_KEYS = 1_000
WEIGHTED_FIELDS = ("title^4", "skill_names^2", "origin^1.5", "summary")
FACET_FIELDS = {
    FacetName.STATE: "state",
    FacetName.FACTORY: "owner_id",
    FacetName.SKILL: "skills",
    FacetName.INDUSTRY: "industry",
    FacetName.REWARD: "reward_cny",
}
SORTS = {
    Sort.RELEVANCE: {"_score": "desc"},
    Sort.NEWEST: {"posted_ms": "desc"},
    Sort.DEADLINE: {"deadline_ms": "asc"},
    Sort.REWARD: {"reward_cny": "desc"},
}
HIGHLIGHT: Body = {
    "type": "unified",
    "pre_tags": [MARK_START],
    "post_tags": [MARK_END],
    "number_of_fragments": 0,
    "no_match_size": 1_000_000,
    "fields": {name: {"matched_fields": [name, f"{name}.plain"]} for name in ("title", "summary")},
}


def search_body(query: CatalogueQuery) -> Body:
    """The request for a page. Choices are a post-filter, so that each facet can count without its own."""
    words = runs(query.text)
    sort = Sort.NEWEST if query.sort is Sort.RELEVANCE and not words else query.sort
    choices = _choices(query)
    body: Body = {
        "query": {"bool": {"must": [_run(run) for run in words], "filter": _visible(query.viewer)}},
        "post_filter": _all(choices.values()),
        "aggs": {name.value: _facet(name, choices) for name in FacetName},
        "sort": [SORTS[sort], {"id": "asc"}],
        # One more than the page holds tells whether there is another page.
        "size": query.limit + 1,
        "track_total_hits": COUNTED,
        "version": True,
        "_source": False,
        "highlight": HIGHLIGHT,
    }
    after = cursors.decode(query)
    if after is not None:
        body["search_after"] = [after.value, after.id]
    return body


def suggest_body(prefix: str, viewer: Viewer, limit: int) -> Body:
    """The request for suggestions: skills by aggregation, challenges as hits, newest first."""
    words = runs(prefix)
    in_title = [_run(run, fields=("title",)) for run in words]
    key = typed(prefix)
    return {
        "query": {"bool": {"filter": _visible(viewer)}},
        "post_filter": _all(in_title) if words else {"match_none": {}},
        "aggs": {
            "skill_keys": {
                "terms": {"field": "skill_keys", "include": _regexp_prefix(key), "size": MAX_SKILL_KEYS}
            }
        }
        if key
        else {},
        "sort": [{"posted_ms": "desc"}, {"id": "asc"}],
        "size": limit,
        "track_total_hits": False,
        "_source": ["title"],
    }


def _run(run: Run, fields: Iterable[str] = WEIGHTED_FIELDS) -> Body:
    fields = list(fields)
    phrase = {"multi_match": {"query": run.text, "type": "phrase", "fields": fields}}
    if not run.unfinished:
        return phrase
    whole = [f"{field.partition('^')[0]}.plain" for field in fields]
    begun = {"multi_match": {"query": run.text, "type": "bool_prefix", "operator": "and", "fields": whole}}
    return {"bool": {"should": [phrase, begun]}}


def _visible(viewer: Viewer) -> list[Body]:
    """The audience rule; tombstones are visible to nobody."""
    present = {"term": {"deleted": False}}
    allowed = listing_filter(viewer)
    if allowed.lets_all_through:
        return [present]
    audiences = sorted(audience.value for audience in allowed.audiences)
    ways: list[Body] = [{"terms": {"audience": audiences}}]
    if allowed.owner_id is not None:
        ways.append({"term": {"owner_id": allowed.owner_id}})
    return [present, {"bool": {"should": ways}}]


def _choices(query: CatalogueQuery) -> dict[FacetName, Body]:
    choices: dict[FacetName, Body] = {
        name: {"terms": {FACET_FIELDS[name]: sorted(values)}} for name, values in query.chosen.items()
    }
    if FacetName.REWARD in query.narrowed:
        bounds = {"gte": query.reward_min, "lte": query.reward_max}
        choices[FacetName.REWARD] = {
            "range": {"reward_cny": {k: v for k, v in bounds.items() if v is not None}}
        }
    return choices


def _facet(name: FacetName, choices: Mapping[FacetName, Body]) -> Body:
    """Counts of a facet under the choices in all others."""
    if name is FacetName.REWARD:
        ranges = [
            {"key": band.value, "from": band.low} | ({} if band.high is None else {"to": band.high})
            for band in REWARD_BANDS
        ]
        counts: Body = {"range": {"field": FACET_FIELDS[name], "ranges": ranges}}
    else:
        counts = {"terms": {"field": FACET_FIELDS[name], "size": MAX_FACET_VALUES}}
    others = [choice for other, choice in choices.items() if other is not name]
    return {"filter": _all(others), "aggs": {"counts": counts}}


def _all(conditions: Iterable[Body]) -> Body:
    conditions = list(conditions)
    return {"bool": {"filter": conditions}} if conditions else {"match_all": {}}


def _regexp_prefix(key: str) -> str:
    """A Lucene regular expression for what begins with `key`."""
    return re.sub(r"([^\w\s])", r"\\\1", key) + ".*"


def read_page(query: CatalogueQuery, answer: Mapping[str, Any]) -> SearchPage:
    """The page in Elasticsearch's answer to `search_body(query)`."""
    found = answer["hits"]["hits"]
    page = found[: query.limit]
    total = answer["hits"]["total"]
    relation: Literal["eq", "gte"] = "eq" if total["relation"] == "eq" else "gte"
    cursor = None
    if len(found) > len(page):
        value, id = page[-1]["sort"]
        cursor = cursors.encode(query, cursors.Place(value, id))
    return SearchPage(
        hits=tuple(map(_hit, page)),
        total=total["value"],
        total_relation=relation,
        next_cursor=cursor,
        facets={name: _counts(answer["aggregations"][name.value]["counts"]) for name in FacetName},
    )


def _hit(hit: Mapping[str, Any]) -> SearchHit:
    marked = hit.get("highlight", {})
    return SearchHit(
        id=hit["_id"],
        doc_version=hit["_version"],
        score=hit["_score"] or 0.0,
        title_html=to_html(marked.get("title", [""])[0]),
        snippet_html=to_html(excerpt(marked.get("summary", [""])[0])),
    )


def _counts(aggregation: Mapping[str, Any]) -> tuple[Facet, ...]:
    buckets = aggregation["buckets"]
    return tuple(Facet(bucket["key"], bucket["doc_count"]) for bucket in buckets if bucket["doc_count"])


def read_suggestions(answer: Mapping[str, Any], limit: int) -> list[Suggestion]:
    """The suggestions in Elasticsearch's answer to `suggest_body`."""
    skills: dict[str, Suggestion] = {}
    for bucket in answer.get("aggregations", {}).get("skill_keys", {}).get("buckets", []):
        _, code, zh, en = bucket["key"].split(KEY_SEPARATOR)
        count = bucket["doc_count"]
        if code not in skills or skills[code].count < count:
            skills[code] = Suggestion(SuggestionKind.SKILL, code, zh, en, count)
    ordered = sorted(skills.values(), key=lambda skill: (-skill.count, skill.id))[: (limit + 1) // 2]
    titles = [(hit["_id"], hit["_source"]["title"]) for hit in answer["hits"]["hits"]]
    challenges = [Suggestion(SuggestionKind.CHALLENGE, id, title, title, 1) for id, title in titles]
    return ordered + challenges[: limit - len(ordered)]
