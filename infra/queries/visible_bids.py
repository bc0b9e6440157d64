"""Bids as far as a person may know of them: their own teams', and those that they choose among."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select, true

from domain.bids import Bid, BidState
from domain.organisations import Actor, Role
from infra.tables.market import bids, challenges, team_members, teams

WITH_THE_TEAM = (BidState.DRAFT, BidState.WITHDRAWN)
"""The states in which the factory does not have a bid."""
CHOOSERS = (Role.ENGINEER, Role.FACTORY_ADMIN)
"""Who of a factory chooses among its bids, as the use cases ask for."""


@dataclass(frozen=True, slots=True)
class VisibleBid:
    """A bid with its team's name and the challenge that it is for; the title is in `challenge_language`."""

    bid: Bid
    team_title: str
    challenge_number: int
    challenge_title: str
    challenge_language: str
    challenge_state: str


def visible_bids(
    connection: Connection,
    actor: Actor,
    challenge_id: str | None = None,
    before: str | None = None,
    limit: int = 100,
) -> tuple[list[VisibleBid], int]:
    """The newest first, of one challenge or of all, with ids below `before`; and how many there are."""
    seen = may_see_bid(actor)
    if challenge_id is not None:
        seen = and_(seen, bids.c.challenge_id == challenge_id)
    total = connection.execute(select(func.count()).select_from(bids).where(seen)).scalar_one()
    query = _lines().where(seen).order_by(bids.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(bids.c.id < before)
    return [_line(row) for row in connection.execute(query)], int(total)


def visible_bid(connection: Connection, actor: Actor, bid_id: str) -> VisibleBid | None:
    """One bid; None where there is none that the person may see."""
    row = connection.execute(_lines().where(bids.c.id == bid_id, may_see_bid(actor))).one_or_none()
    return _line(row) if row else None


def may_see_bid(actor: Actor) -> ColumnElement[bool]:
    """The rows of bids of the person's teams; whoever chooses for a factory sees those that it has."""
    if Role.ADMINISTRATOR in actor.roles:
        return true()
    own_teams = select(team_members.c.team_id).where(team_members.c.student_id == actor.person_id)
    own = bids.c.team_id.in_(own_teams)
    if not actor.has(*CHOOSERS):
        return own
    of_factory = select(challenges.c.id).where(challenges.c.factory_id == actor.organisation_id)
    received = and_(bids.c.state.not_in(WITH_THE_TEAM), bids.c.challenge_id.in_(of_factory))
    return or_(own, received)


def _lines() -> Select[Any]:
    return (
        select(
            bids,
            teams.c.title.label("team_title"),
            challenges.c.number.label("challenge_number"),
            challenges.c.title.label("challenge_title"),
            challenges.c.language.label("challenge_language"),
            challenges.c.state.label("challenge_state"),
        )
        .join(teams, teams.c.id == bids.c.team_id)
        .join(challenges, challenges.c.id == bids.c.challenge_id)
    )


def _line(row: Row[Any]) -> VisibleBid:
    bid = Bid(**{column.name: row._mapping[column.name] for column in bids.c})
    return VisibleBid(
        bid,
        row.team_title,
        row.challenge_number,
        row.challenge_title,
        row.challenge_language,
        row.challenge_state,
    )
