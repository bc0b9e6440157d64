"""Bids."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from domain.bids import Bid, BidState
from infra.repositories.base import SqlRepository
from infra.tables.market import bids


class SqlBids(SqlRepository[Bid]):
    table = bids
    kind = Bid

    def to_values(self, aggregate: Bid) -> dict[str, Any]:
        return {
            "challenge_id": aggregate.challenge_id,
            "team_id": aggregate.team_id,
            "author_id": aggregate.author_id,
            "state": aggregate.state,
            "approach": aggregate.approach,
            "plan": aggregate.plan,
            "hours_per_week": aggregate.hours_per_week,
            "created_at": aggregate.created_at,
            "submitted_at": aggregate.submitted_at,
            "feedback": aggregate.feedback,
        }

    def from_rows(self, rows: Sequence[Row[Any]]) -> list[Bid]:
        return [Bid(**row._mapping) for row in rows]

    def of_challenge(self, challenge_id: str) -> list[Bid]:
        return self.load(select(bids).where(bids.c.challenge_id == challenge_id).order_by(bids.c.id))

    def of_team(self, challenge_id: str, team_id: str) -> Bid | None:
        found = self.load(
            select(bids).where(
                bids.c.challenge_id == challenge_id,
                bids.c.team_id == team_id,
                bids.c.state != BidState.WITHDRAWN,
            )
        )
        return found[0] if found else None
