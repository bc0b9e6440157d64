"""Writes documents into the catalogue's tables, inside the caller's transaction."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from search.catalogue import WriteResult
from search.documents import CatalogueDocument, milliseconds, newest
from search.queries import FacetName
from search.sqlite_schema import Generation, state
from search.text import clean, label_keys, spaced, words

# Private-use characters are letters to the tokenizer, and neither texts nor queries keep them.
BETWEEN = " \ue000 "
"""Stands between names in one column, so that no phrase spans two names."""
TAG = "\ue001"
"""Begins every tag."""
ROW_BITS = 20
"""The lower bits of a row tell apart what was posted in the same millisecond."""

STORED = """
SELECT id, row, doc_version, deleted, audience, owner_id, skills FROM {entry}
WHERE id IN (SELECT value FROM json_each(?))"""
TEXTS = """
SELECT rowid, title, skills, origin, summary, tags, shown_title, shown_summary FROM {words}
WHERE rowid IN (SELECT value FROM json_each(?))"""
TAKEN = "SELECT row FROM {entry} WHERE row BETWEEN ? AND ? ORDER BY row"
REMOVE_ENTRY = "DELETE FROM {entry} WHERE row = ?"
REMOVE_WORDS = "DELETE FROM {words} WHERE rowid = ?"
# Before the words, which it reads to know what to take out.
REMOVE_NAMES = "DELETE FROM {names} WHERE rowid = ?"
REMOVE_SKILL = "DELETE FROM {skill} WHERE code = ? AND audience = ? AND owner_id = ? AND row = ?"
ADD_ENTRY = "INSERT INTO {entry} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
ADD_WORDS = """
INSERT INTO {words} (rowid, title, skills, origin, summary, tags, shown_title, shown_summary)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
ADD_NAMES = "INSERT INTO {names} (rowid, title, skills, origin) VALUES (?, ?, ?, ?)"
ADD_SKILL = "INSERT INTO {skill} VALUES (?, ?, ?, ?)"
REMOVE_LABEL = "DELETE FROM {label} WHERE code = ? AND key NOT IN (SELECT value FROM json_each(?))"
ADD_LABEL = """
INSERT INTO {label} VALUES (?, ?, ?, ?)
ON CONFLICT (key, code) DO UPDATE SET zh = excluded.zh, en = excluded.en
WHERE (zh, en) != (excluded.zh, excluded.en)"""
ADD_WORD = "INSERT OR IGNORE INTO {word} VALUES (?)"

Texts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """What a generation holds under an id."""

    row: int
    doc_version: int
    deleted: bool
    audience: str
    owner_id: str
    skills: str


class SqliteWriter:
    """A CatalogueWriter whose effects are part of the transaction of `connection`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(self, documents: Sequence[CatalogueDocument]) -> WriteResult:
        """Take the newer ones of `documents` into every generation that is written."""
        latest = newest(documents)
        live, *building = state(self._connection).written
        applied = GenerationWriter(self._connection, live).write(latest)
        for generation in building:
            GenerationWriter(self._connection, generation).write(latest)
        return WriteResult(applied, len(documents) - applied)


class GenerationWriter:
    """Writes into one generation only."""

    def __init__(self, connection: Connection, generation: Generation) -> None:
        self._connection = connection
        self._generation = generation

    def write(self, documents: Sequence[CatalogueDocument]) -> int:
        """Take the newer ones of `documents`, one for each id at most; returns how many were taken."""
        stored = self._stored(documents)
        newer = [
            document
            for document in documents
            if document.id not in stored or stored[document.id].doc_version < document.doc_version
        ]
        # FTS5 takes rows in rising order without closing a segment in between.
        newer.sort(key=lambda document: document.posted_at)
        rows = self._rows(newer, stored)
        self._replace_words(newer, stored, rows)
        self._replace_skills(newer, stored, rows)
        self._run(REMOVE_ENTRY, [(stored[d.id].row,) for d in newer if d.id in stored])
        self._run(ADD_ENTRY, [_entry(d, rows[d.id]) for d in newer])
        return len(newer)

    def _stored(self, documents: Iterable[CatalogueDocument]) -> dict[str, Stored]:
        ids = json.dumps([document.id for document in documents])
        found = self._connection.exec_driver_sql(self._generation.sql(STORED), (ids,))
        return {id: Stored(row, version, bool(gone), *rest) for id, row, version, gone, *rest in found}

    def _rows(self, documents: Sequence[CatalogueDocument], stored: Mapping[str, Stored]) -> dict[str, int]:
        """A row for each document, rising with the time of posting; a free one close by where it is taken."""
        rows: dict[str, int] = {}
        given: set[int] = set()
        for document in documents:
            wanted = _row(document)
            old = stored.get(document.id)
            if old is not None and (document.deleted or latest_posted(old.row) == latest_posted(wanted)):
                row = old.row
            else:
                row = self._free(wanted, given)
            rows[document.id] = row
            given.add(row)
        return rows

    def _free(self, wanted: int, given: set[int]) -> int:
        found = self._connection.exec_driver_sql(self._generation.sql(TAKEN), (wanted, wanted + 1_000))
        taken = given.union(found.scalars())
        return next(row for row in range(wanted, wanted + 2_000) if row not in taken)

    def _replace_words(
        self, documents: Sequence[CatalogueDocument], stored: Mapping[str, Stored], rows: Mapping[str, int]
    ) -> None:
        """The full-text index is touched only where a text or the row has changed: it is the dear part."""
        indexed = [d for d in documents if d.id in stored and not stored[d.id].deleted]
        old_texts = self._texts([stored[d.id].row for d in indexed])
        new_texts = {d.id: _texts(d) for d in documents if not d.deleted}
        same = {
            d.id
            for d in indexed
            if rows[d.id] == stored[d.id].row and old_texts[rows[d.id]] == new_texts.get(d.id)
        }
        added = [d for d in documents if not d.deleted and d.id not in same]
        removed = [(stored[d.id].row,) for d in indexed if d.id not in same]
        self._run(REMOVE_NAMES, removed)
        self._run(REMOVE_WORDS, removed)
        self._run(ADD_WORDS, [(rows[d.id], *new_texts[d.id]) for d in added])
        self._run(ADD_NAMES, [(rows[d.id], *new_texts[d.id][:3]) for d in added])
        self._run(ADD_WORD, sorted((word,) for word in frozenset().union(*map(_words, added))))

    def _texts(self, rows: Sequence[int]) -> dict[int, Texts]:
        found = self._connection.exec_driver_sql(self._generation.sql(TEXTS), (json.dumps(rows),))
        return {row: tuple(texts) for row, *texts in found}

    def _replace_skills(
        self, documents: Sequence[CatalogueDocument], stored: Mapping[str, Stored], rows: Mapping[str, int]
    ) -> None:
        old = [stored[d.id] for d in documents if d.id in stored]
        shown = [d for d in documents if not d.deleted]
        labels = {skill for d in shown for skill in d.skills}
        self._run(
            REMOVE_SKILL, [(code, s.audience, s.owner_id, s.row) for s in old for code in s.skills.split()]
        )
        self._run(
            ADD_SKILL, [(code, d.audience, d.owner_id, rows[d.id]) for d in shown for code in d.skill_codes]
        )
        keys = {skill: [key for name in skill.names for key in label_keys(name)] for skill in labels}
        self._run(REMOVE_LABEL, [(skill.code, json.dumps(keys[skill])) for skill in labels])
        self._run(
            ADD_LABEL, [(key, skill.code, skill.zh, skill.en) for skill in labels for key in keys[skill]]
        )

    def _run(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            self._connection.exec_driver_sql(self._generation.sql(statement), list(rows))


def latest_posted(row: int) -> int:
    """When, in milliseconds, what has `row` or a lower one was posted at the latest."""
    return row >> ROW_BITS


def _row(document: CatalogueDocument) -> int:
    return (
        milliseconds(document.posted_at) << ROW_BITS | zlib.crc32(document.id.encode()) & (1 << ROW_BITS) - 1
    )


def _texts(document: CatalogueDocument) -> Texts:
    title, summary = clean(document.title), clean(document.summary)
    listed = [BETWEEN.join(map(clean, names)) for names in (document.skill_names, document.origin)]
    return (*map(spaced, (title, *listed, summary)), _tags(document), title, summary)


def _tags(document: CatalogueDocument) -> str:
    values = [
        (FacetName.STATE, document.state),
        (FacetName.FACTORY, document.owner_id),
        (FacetName.INDUSTRY, document.industry),
        *((FacetName.SKILL, code) for code in document.skill_codes),
    ]
    return " ".join(tag(facet, value) for facet, value in values)


def tag(facet: FacetName, value: str) -> str:
    """A token for a facet's value, which no text has and no stemmer cuts, because it ends in a digit."""
    told = f"{facet}={value}".encode("utf-8", "replace")
    return f"{TAG}{hashlib.blake2s(told, digest_size=8).hexdigest()}0"


def _words(document: CatalogueDocument) -> frozenset[str]:
    parts = (document.title, document.summary, *document.skill_names, *document.origin)
    return words(clean(" ".join(parts)))


def _entry(document: CatalogueDocument, row: int) -> tuple[object, ...]:
    return (
        row,
        document.id,
        document.doc_version,
        int(document.deleted),
        document.audience,
        document.owner_id,
        document.state,
        document.industry,
        "" if document.deleted else " ".join(document.skill_codes),
        document.reward_cny,
        milliseconds(document.posted_at),
        milliseconds(document.deadline),
    )
