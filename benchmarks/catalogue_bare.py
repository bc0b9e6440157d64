"""The catalogue's queries as somebody would write them by hand against the engine: the peers.

The same words and audience, the same five facets, the first 20 hits with highlights. On SQLite the bare
query ranks and counts the newest 2,000 matches too, because over all of them it takes several times as long.
"""

import sqlite3
from pathlib import Path

from elasticsearch import Elasticsearch

from domain.audience import Viewer
from search.elasticsearch_query import search_body
from search.queries import CatalogueQuery
from search.sqlite_schema import Generation

INDEX = "CREATE INDEX IF NOT EXISTS bare_skill ON {skill} (row, code)"
LIVE = "SELECT live FROM catalogue_state"
SEARCH = """
WITH hit AS MATERIALIZED (
    SELECT e.row, e.id, e.state, e.owner_id, e.industry, e.reward_cny,
        bm25({words}, 8.0, 4.0, 3.0, 1.0) AS score
    FROM {words} CROSS JOIN {entry} AS e ON e.row = {words}.rowid
    WHERE {words} MATCH ? AND (e.audience IN ('public', 'members') OR e.owner_id = ?)
    ORDER BY {words}.rowid DESC LIMIT 2000)
SELECT * FROM (SELECT 'hit', row, score FROM hit ORDER BY score, id LIMIT 20)
UNION ALL SELECT 'total', '', count(*) FROM hit
UNION ALL SELECT * FROM (SELECT 'state', state, count(*) FROM hit GROUP BY state)
UNION ALL SELECT * FROM (
    SELECT 'factory', owner_id, count(*) FROM hit GROUP BY owner_id ORDER BY count(*) DESC LIMIT 50)
UNION ALL SELECT * FROM (SELECT 'industry', industry, count(*) FROM hit GROUP BY industry)
UNION ALL SELECT * FROM (
    SELECT 'reward', CASE WHEN reward_cny < 5000 THEN 1 WHEN reward_cny < 10000 THEN 2
        WHEN reward_cny < 20000 THEN 3 WHEN reward_cny < 50000 THEN 4 ELSE 5 END AS band, count(*)
    FROM hit GROUP BY band)
UNION ALL SELECT * FROM (
    SELECT 'skill', s.code, count(*) FROM hit JOIN {skill} AS s ON s.row = hit.row
    GROUP BY s.code ORDER BY count(*) DESC LIMIT 50)
"""
MARKED = """
SELECT highlight({words}, 0, '[', ']'), highlight({words}, 3, '[', ']')
FROM {words} WHERE {words} MATCH ? AND rowid = ?"""


class BareSqlite:
    """Python's sqlite3 on the catalogue's own tables, with an index that the bare query needs."""

    def __init__(self, path: Path, viewer: Viewer) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        (number,) = self._connection.execute(LIVE).fetchone()
        live = Generation(number)
        self._connection.execute(live.sql(INDEX))
        self._search, self._marked = live.sql(SEARCH), live.sql(MARKED)
        self._owner = viewer.organisation_id

    def __call__(self, text: str, expression: str) -> object:
        answer = self._connection.execute(self._search, (expression, self._owner)).fetchall()
        rows = [row for kind, row, _ in answer if kind == "hit"]
        return answer, [self._connection.execute(self._marked, (expression, row)).fetchone() for row in rows]


class BareElasticsearch:
    """Elasticsearch's client with ready-made requests."""

    def __init__(self, url: str, viewer: Viewer) -> None:
        self._client = Elasticsearch(url, request_timeout=60)
        self._viewer = viewer
        self._bodies: dict[str, dict[str, object]] = {}

    def __call__(self, text: str, expression: str) -> object:
        if text not in self._bodies:
            self._bodies[text] = search_body(CatalogueQuery(text=text, viewer=self._viewer))
        return self._client.search(index="jiebang-catalogue", body=self._bodies[text])
