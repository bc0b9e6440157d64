"""Challenges and the versions of their catalogue documents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, RowMapping, exists, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB

from domain.bids import BidState
from domain.challenges import Brief, Challenge, Source
from infra.repositories.base import SqlRepository
from infra.tables.market import bids, challenge_numbers, challenges

BRIEF_COLUMNS = tuple(f.name for f in fields(Brief))


class SqlChallenges(SqlRepository[Challenge]):
    table = challenges
    kind = Challenge

    def to_values(self, aggregate: Challenge) -> dict[str, Any]:
        source = aggregate.source
        return {
            "number": aggregate.number,
            "factory_id": aggregate.factory_id,
            "author_id": aggregate.author_id,
            "state": aggregate.state,
            "created_at": aggregate.created_at,
            "opened_at": aggregate.opened_at,
            "enterprise_mentor_id": aggregate.enterprise_mentor_id,
            "source_system": source.system if source else None,
            "source_id": source.id if source else None,
            "terms_version": aggregate.terms_version,
            **{column: getattr(aggregate.brief, column) for column in BRIEF_COLUMNS},
        }

    def added_values(self) -> dict[str, Any]:
        return {"doc_version": 1, "bid_count": 0}

    def changed_values(self) -> dict[str, Any]:
        return {"doc_version": challenges.c.doc_version + 1}

    def from_rows(self, rows: Sequence[Row[Any]]) -> list[Challenge]:
        return [challenge_of(row._mapping) for row in rows]

    def next_number(self) -> int:
        if self.connection.dialect.name == "postgresql":
            return int(self.connection.execute(challenge_numbers.next_value()).scalar_one())
        # SQLite's one writer makes this safe.
        return int(
            self.connection.execute(select(func.coalesce(func.max(challenges.c.number), 0) + 1)).scalar_one()
        )

    def known_sources(self, keys: Iterable[tuple[str, Source]]) -> set[tuple[str, Source]]:
        wanted = [(factory_id, source.system, source.id) for factory_id, source in keys]
        if not wanted:
            return set()
        columns = (challenges.c.factory_id, challenges.c.source_system, challenges.c.source_id)
        found = self.connection.execute(select(*columns).where(tuple_(*columns).in_(wanted)))
        return {(factory_id, Source(system, id)) for factory_id, system, id in found}

    def of_source(self, factory_id: str, source: Source) -> Challenge | None:
        columns = challenges.c
        found = self.load(
            select(challenges).where(
                columns.factory_id == factory_id,
                columns.source_system == source.system,
                columns.source_id == source.id,
            )
        )
        return found[0] if found else None

    def refresh_listing(self, challenge_id: str) -> None:
        sent = select(func.count()).where(
            bids.c.challenge_id == challenge_id, bids.c.state.not_in([BidState.DRAFT, BidState.WITHDRAWN])
        )
        self.connection.execute(
            update(challenges)
            .where(challenges.c.id == challenge_id)
            .values(bid_count=sent.scalar_subquery(), doc_version=challenges.c.doc_version + 1)
        )

    def refresh_listings_of(self, factory_id: str) -> None:
        self.connection.execute(
            update(challenges)
            .where(challenges.c.factory_id == factory_id)
            .values(doc_version=challenges.c.doc_version + 1)
        )

    def refresh_listings_asking(self, skill: str) -> None:
        self.connection.execute(
            update(challenges)
            .where(asks_for(self.connection, [skill]))
            .values(doc_version=challenges.c.doc_version + 1)
        )


def asks_for(connection: Connection, skills: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a challenge asks for one of the skills with these codes; reads every challenge."""
    if connection.dialect.name == "postgresql":
        need = func.jsonb_array_elements(challenges.c.skills, type_=JSONB).column_valued("need")
        code = need["skill"].astext
    else:
        needs = func.json_each(challenges.c.skills).table_valued("value")
        code = func.json_extract(needs.c.value, "$.skill")
    return exists(select(1).where(code.in_(list(skills))))


def challenge_of(row: RowMapping | Mapping[str, Any]) -> Challenge:
    """The challenge in a row of its table, whatever else the row has."""
    system, source_id = row["source_system"], row["source_id"]
    return Challenge(
        id=row["id"],
        version=row["version"],
        number=row["number"],
        factory_id=row["factory_id"],
        author_id=row["author_id"],
        state=row["state"],
        brief=Brief(**{column: row[column] for column in BRIEF_COLUMNS}),
        created_at=row["created_at"],
        opened_at=row["opened_at"],
        enterprise_mentor_id=row["enterprise_mentor_id"],
        source=Source(system, source_id) if system is not None else None,
        terms_version=row["terms_version"],
    )
