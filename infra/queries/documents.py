"""Challenges as the catalogue lists them, with the versions of their documents."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from domain.challenges import Challenge
from infra.database import Database
from infra.repositories.challenges import asks_for, challenge_of
from infra.tables.market import challenges, organisations

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Listing:
    """A challenge with what its document shows of others, read in one statement."""

    challenge: Challenge
    doc_version: int
    bid_count: int
    factory_zh: str
    factory_en: str

    @property
    def posted_at(self) -> datetime:
        """When it was opened; when it was drafted, where it never was."""
        return self.challenge.opened_at or self.challenge.created_at


def listings(connection: Connection, ids: Iterable[str]) -> list[Listing]:
    """Those of `ids` that exist, in one query."""
    wanted = set(ids)
    if not wanted:
        return []
    return _load(connection, _listed().where(challenges.c.id.in_(wanted)))


def listings_of_factories(connection: Connection, factory_ids: Iterable[str]) -> list[Listing]:
    """All challenges of these factories."""
    wanted = set(factory_ids)
    if not wanted:
        return []
    return _load(connection, _listed().where(challenges.c.factory_id.in_(wanted)))


def listings_asking(connection: Connection, skills: Iterable[str]) -> list[Listing]:
    """All challenges that ask for one of these skills."""
    wanted = set(skills)
    if not wanted:
        return []
    return _load(connection, _listed().where(asks_for(connection, wanted)))


def all_listings(database: Database) -> Iterator[Sequence[Listing]]:
    """Every challenge, in chunks by id, each read when it is asked for."""
    last = ""
    while True:
        query = _listed().where(challenges.c.id > last).order_by(challenges.c.id).limit(CHUNK)
        with database.read() as connection:
            chunk = _load(connection, query)
        if not chunk:
            return
        yield chunk
        last = chunk[-1].challenge.id


def _listed() -> Select[Any]:
    factory = organisations.c
    return select(challenges, factory.name_zh, factory.name_en).join(
        organisations, organisations.c.id == challenges.c.factory_id
    )


def _load(connection: Connection, query: Select[Any]) -> list[Listing]:
    return [_listing(row) for row in connection.execute(query)]


def _listing(row: Row[Any]) -> Listing:
    return Listing(
        challenge=challenge_of(row._mapping),
        doc_version=row.doc_version,
        bid_count=row.bid_count,
        factory_zh=row.name_zh,
        factory_en=row.name_en,
    )
