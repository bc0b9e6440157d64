"""What became of matches: for a team's own list, and for fitting a policy's weights."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, null, select

from infra.tables.projections import announcements, outcomes

_TERMS = ("score", "rank", "coverage", "focus", "balance", "availability", "site")


@dataclass(frozen=True, slots=True)
class MatchOutcome:
    """A match with the policy that made it, and what came of it.

    Score, rank and terms are those of the telling (terms from 0 to 1, before the policy weighs them). They
    and `told_at` are None for a challenge that the team found by itself; terms also for older tellings.
    """

    challenge_id: str
    team_id: str
    policy_version: int
    told_at: datetime | None
    score: float | None
    rank: int | None
    coverage: float | None
    focus: float | None
    balance: float | None
    availability: float | None
    site: float | None
    not_relevant_at: datetime | None
    bid_at: datetime | None
    awarded_at: datetime | None
    accepted_at: datetime | None


def all_outcomes(connection: Connection) -> Iterator[MatchOutcome]:
    """Every match that was told or of which something came, lazily, ordered by challenge, team and policy."""
    told, came = announcements.c, outcomes.c
    same = and_(
        told.challenge_id == came.challenge_id,
        told.team_id == came.team_id,
        told.policy_version == came.policy_version,
    )
    results = (came.not_relevant_at, came.bid_at, came.awarded_at, came.accepted_at)
    were_told = select(
        told.challenge_id,
        told.team_id,
        told.policy_version,
        told.made_at.label("told_at"),
        *(told[name] for name in _TERMS),
        *results,
    ).select_from(announcements.outerjoin(outcomes, same))
    came_by_themselves = (
        select(
            came.challenge_id,
            came.team_id,
            came.policy_version,
            null().label("told_at"),
            *(null().label(name) for name in _TERMS),
            *results,
        )
        .select_from(outcomes.outerjoin(announcements, same))
        .where(told.challenge_id.is_(None))
    )
    both = were_told.union_all(came_by_themselves).subquery()
    query = select(both).order_by(both.c.challenge_id, both.c.team_id, both.c.policy_version)
    for row in connection.execute(query.execution_options(yield_per=1_000)):
        yield MatchOutcome(**row._mapping)


def not_relevant_to(connection: Connection, team_id: str) -> frozenset[str]:
    """The challenges of which the team said that they do not concern it."""
    columns = outcomes.c
    query = select(columns.challenge_id).where(
        columns.team_id == team_id, columns.not_relevant_at.is_not(None)
    )
    return frozenset(connection.execute(query).scalars())


def marked_not_relevant(connection: Connection, challenge_ids: Collection[str]) -> frozenset[tuple[str, str]]:
    """Those matches of the challenges, (challenge, team), of which the team said that they are not for it."""
    columns = outcomes.c
    query = select(columns.challenge_id, columns.team_id).where(
        columns.challenge_id.in_(challenge_ids), columns.not_relevant_at.is_not(None)
    )
    return frozenset((challenge_id, team_id) for challenge_id, team_id in connection.execute(query))
