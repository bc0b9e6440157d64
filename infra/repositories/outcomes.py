"""What came of matches."""

from typing import Any

from sqlalchemy import Connection, delete, func, literal, select, update

from domain.outcomes import Outcome
from domain.ports import Clock
from infra.repositories.policies import current_policy
from infra.sql import insert_or
from infra.tables.projections import announcements, outcomes

COLUMNS = {outcome: outcomes.c[f"{outcome}_at"] for outcome in Outcome}


class SqlOutcomes:
    """A row for each challenge and team of which anything is known."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def record(self, challenge_id: str, team_id: str, outcome: Outcome) -> None:
        told = announcements.c
        told_by = (
            select(func.max(told.policy_version))
            .where(told.challenge_id == challenge_id, told.team_id == team_id)
            .scalar_subquery()
        )
        column = COLUMNS[outcome]
        insert = insert_or(self._connection, outcomes).values(
            {
                "challenge_id": challenge_id,
                "team_id": team_id,
                "policy_version": func.coalesce(told_by, literal(current_policy(self._connection).version)),
                column.name: self._clock.now(),
            }
        )
        changed: dict[str, Any] = {column.name: func.coalesce(column, insert.excluded[column.name])}
        if outcome is Outcome.BID:
            changed[outcomes.c.not_relevant_at.name] = None
        self._connection.execute(
            insert.on_conflict_do_update(index_elements=["challenge_id", "team_id"], set_=changed)
        )

    def take_back_not_relevant(self, challenge_id: str, team_id: str) -> None:
        columns = outcomes.c
        of_match = (columns.challenge_id == challenge_id, columns.team_id == team_id)
        self._connection.execute(delete(outcomes).where(*of_match, columns.bid_at.is_(None)))
        self._connection.execute(update(outcomes).where(*of_match).values(not_relevant_at=None))
