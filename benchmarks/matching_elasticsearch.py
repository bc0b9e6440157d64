"""The same teams in a real Elasticsearch node, and the best query for a need that it offers.

A team's document holds each skill with its packed level as one term, so that a term says what it earns. A
bool query then adds up, over the asked skills, the best boost among a team's terms: exactly the coverage, and
in the same way the terms for hours and place. Focus and balance would need a script over all skills of every
team, which no query that skips documents can have, and are left out.
"""

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
from elasticsearch import Elasticsearch

from benchmarks.matching_data import CITIES, SCHOOLS, Teams, place_of, school
from benchmarks.matching_tables import MOST_HOURS, Floats, Tables
from domain.matching import Need, Policy, Taxonomy

INDEX = "teams"
BATCH = 5_000
WRITERS = 2
FIELDS = ("skill", "skill_at_level", "school", "city", "hours", "available")
Query = dict[str, Any]


class ElasticsearchPeer:
    """An index of one merged segment; ask with `rank`, or with `rank_simply` by skills alone."""

    def __init__(self, url: str, taxonomy: Taxonomy) -> None:
        self._client = Elasticsearch(url, request_timeout=600)
        self._taxonomy = taxonomy
        self._codes = [skill.code for skill in taxonomy]

    def fill(self, teams: Teams) -> None:
        """Index the teams and merge them into one segment."""
        field = {"type": "keyword", "doc_values": False, "index_options": "docs"}
        self._client.indices.create(
            index=INDEX,
            settings={
                "number_of_shards": 1,
                "number_of_replicas": 0,
                "refresh_interval": "-1",
                "translog.durability": "async",
            },
            mappings={
                "_source": {"enabled": False},
                "properties": {**dict.fromkeys(FIELDS, field), "number": {"type": "integer", "index": False}},
            },
        )
        batches = [range(start, min(start + BATCH, len(teams))) for start in range(0, len(teams), BATCH)]
        with ThreadPoolExecutor(WRITERS) as writers:
            list(writers.map(partial(self._write, teams), batches))
        self._client.indices.forcemerge(index=INDEX, max_num_segments=1)
        self._client.indices.refresh(index=INDEX)

    def rank(self, need: Need, k: int, policy: Policy, full_schools: frozenset[str]) -> list[int]:
        """The numbers of the k best teams by coverage, hours and place that pass every gate."""
        tables = Tables(need, policy, self._taxonomy, full_schools)
        asked = [
            _best_of("skill_at_level", self._by_boost(policy.coverage * one.weight, related))
            for one, related in zip(need.skills, tables.earned, strict=True)
        ]
        return self._search(k, [*asked, *_fixed_terms(tables)], self._gates(tables))

    def rank_simply(self, need: Need, k: int, policy: Policy, full_schools: frozenset[str]) -> list[int]:
        """The same by the weights of the skills that a team has, whatever their level."""
        tables = Tables(need, policy, self._taxonomy, full_schools)
        asked = [_boosted("skill", [one.skill], one.weight) for one in need.skills]
        return self._search(k, asked, self._gates(tables))

    def _search(self, k: int, should: list[Query], gates: list[Query]) -> list[int]:
        answer = self._client.search(
            index=INDEX,
            query={"bool": {"should": should, "filter": gates}},
            size=k,
            track_total_hits=False,
            request_cache=False,
            stored_fields=["_none_"],
            docvalue_fields=[{"field": "number"}],
            filter_path="hits.hits.fields",
        )
        return [hit["fields"]["number"][0] for hit in answer.get("hits", {}).get("hits", [])]

    def _by_boost(self, weight: float, related: dict[int, Floats]) -> dict[float, list[str]]:
        """The terms that earn something, by what they earn."""
        terms: dict[float, list[str]] = defaultdict(list)
        for skill, by_byte in related.items():
            for byte in np.flatnonzero(by_byte).tolist():
                terms[weight * float(by_byte[byte])].append(f"{self._codes[skill]}:{byte}")
        return terms

    def _gates(self, tables: Tables) -> list[Query]:
        need = tables.need
        free = [name for name in map(school, range(SCHOOLS)) if name not in tables.full_schools]
        gates: list[Query] = [{"term": {"available": "yes"}}, {"terms": {"school": free}}]
        if need.eligible_schools:
            gates.append({"terms": {"school": sorted(need.eligible_schools)}})
        for skill, fulfils in tables.mandatory.items():
            terms = [f"{self._codes[skill]}:{byte}" for byte in np.flatnonzero(fulfils).tolist()]
            gates.append({"terms": {"skill_at_level": terms}})
        return gates

    def _write(self, teams: Teams, numbers: range) -> None:
        operations: list[Query] = []
        for number in numbers:
            operations += ({"index": {}}, self._document(teams, number))
        answer = self._client.bulk(index=INDEX, operations=operations, filter_path="errors")
        if answer["errors"]:
            raise RuntimeError("Elasticsearch refused some teams")

    def _document(self, teams: Teams, number: int) -> dict[str, object]:
        held = list(teams.profiles.of(number))
        return {
            "number": number,
            "skill": [self._codes[skill] for skill, _ in held],
            "skill_at_level": [f"{self._codes[skill]}:{byte}" for skill, byte in held],
            "school": [school(one) for one in teams.school_pairs[number].tolist()],
            "city": place_of(int(teams.cities[number]))[0],
            "hours": str(teams.hours[number]),
            "available": "yes" if teams.available[number] else "no",
        }


def _boosted(field: str, terms: list[str], boost: float) -> Query:
    return {"constant_score": {"filter": {"terms": {field: terms}}, "boost": boost}}


def _fixed_terms(tables: Tables) -> Iterator[Query]:
    """The weighed terms for hours and, unless the work is done remotely, for place."""
    by_hours, by_city = tables.fixed
    yield _best_of("hours", _grouped(by_hours, [str(hours) for hours in range(MOST_HOURS)]))
    if not tables.need.remote:
        yield _best_of("city", _grouped(by_city, [place_of(city)[0] for city in range(CITIES)]))


def _grouped(values: Floats, terms: list[str]) -> dict[float, list[str]]:
    """The terms by their value, without those that are worth nothing."""
    by_boost: dict[float, list[str]] = defaultdict(list)
    for value, term in zip(values.tolist(), terms, strict=True):
        if value > 0:
            by_boost[value].append(term)
    return by_boost


def _best_of(field: str, terms: dict[float, list[str]]) -> Query:
    return {"dis_max": {"queries": [_boosted(field, some, boost) for boost, some in terms.items()]}}
