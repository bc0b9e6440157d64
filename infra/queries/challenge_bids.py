"""The bids for a challenge that were sent, with the teams that sent them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from domain.bids import Bid, BidState
from domain.organisations import Actor
from infra.queries.visible_bids import may_see_bid
from infra.tables.market import bids, challenges, teams


@dataclass(frozen=True, slots=True)
class SentBid:
    """A bid with its team's name."""

    bid: Bid
    team_title: str


@dataclass(frozen=True, slots=True)
class OwnBid:
    """A team's bid with the challenge that it is for."""

    bid: Bid
    challenge_number: int
    challenge_title: str
    challenge_language: str
    challenge_state: str


def bids_of_challenge(connection: Connection, actor: Actor, challenge_id: str) -> list[SentBid]:
    """Those that the person may see but for drafts and withdrawn ones, the first that came in first."""
    sent = bids.c.state.not_in([BidState.DRAFT, BidState.WITHDRAWN])
    query = (
        select(bids, teams.c.title)
        .join(teams, teams.c.id == bids.c.team_id)
        .where(bids.c.challenge_id == challenge_id, sent, may_see_bid(actor))
        .order_by(bids.c.submitted_at, bids.c.id)
    )
    return [SentBid(_bid(row._mapping), row.title) for row in connection.execute(query)]


def bids_of_team(connection: Connection, team_id: str) -> list[OwnBid]:
    """All bids of a team, the newest first."""
    return _own(connection, _with_challenge().where(bids.c.team_id == team_id))


def bid_of_team(connection: Connection, team_id: str, challenge_id: str) -> Bid | None:
    """The team's bid for the challenge that was not withdrawn."""
    query = select(bids).where(
        bids.c.team_id == team_id,
        bids.c.challenge_id == challenge_id,
        bids.c.state != BidState.WITHDRAWN,
    )
    row = connection.execute(query).one_or_none()
    return _bid(row._mapping) if row else None


def _with_challenge() -> Select[Any]:
    return (
        select(
            bids,
            challenges.c.number.label("challenge_number"),
            challenges.c.title.label("challenge_title"),
            challenges.c.language.label("challenge_language"),
            challenges.c.state.label("challenge_state"),
        )
        .join(challenges, challenges.c.id == bids.c.challenge_id)
        .order_by(bids.c.id.desc())
    )


def _own(connection: Connection, query: Select[Any]) -> list[OwnBid]:
    return [
        OwnBid(
            _bid(row._mapping),
            row.challenge_number,
            row.challenge_title,
            row.challenge_language,
            row.challenge_state,
        )
        for row in connection.execute(query)
    ]


def _bid(row: Any) -> Bid:
    return Bid(**{column.name: row[column.name] for column in bids.c})
