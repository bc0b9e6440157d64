"""One challenge with everything that its page's header shows."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from domain.bids import BidState
from domain.challenges import Challenge
from infra.queries.documents import listings
from infra.queries.names import Name, names_of_people
from infra.repositories.projects import RUNNING
from infra.tables.market import bids, people, projects, teams


@dataclass(frozen=True, slots=True)
class ChallengeSheet:
    """A challenge, its factory's names and its people.

    `places_left` is how many projects more the enterprise mentor takes. `winner_id`, `winner` and
    `project_id` are there once it was awarded.
    """

    challenge: Challenge
    bid_count: int
    factory: Name
    author: Name | None
    mentor: Name | None
    places_left: int
    winner_id: str | None
    winner: str | None
    project_id: str | None


def challenge_sheet(connection: Connection, challenge_id: str) -> ChallengeSheet | None:
    """The challenge, whoever may see it; None where there is none."""
    found = listings(connection, [challenge_id])
    if not found:
        return None
    listing = found[0]
    challenge = listing.challenge
    concerned = {id for id in (challenge.author_id, challenge.enterprise_mentor_id) if id}
    names = names_of_people(connection, concerned)
    taken = _winner(connection, challenge_id)
    return ChallengeSheet(
        challenge=challenge,
        bid_count=listing.bid_count,
        factory=Name(challenge.factory_id, listing.factory_zh, listing.factory_en),
        author=names.get(challenge.author_id or ""),
        mentor=names.get(challenge.enterprise_mentor_id or ""),
        places_left=_places_left(connection, challenge.enterprise_mentor_id),
        winner_id=taken[0],
        winner=taken[1],
        project_id=taken[2],
    )


def _winner(connection: Connection, challenge_id: str) -> tuple[str | None, str | None, str | None]:
    row = connection.execute(
        select(teams.c.id, teams.c.title, projects.c.id)
        .select_from(bids)
        .join(teams, teams.c.id == bids.c.team_id)
        .outerjoin(projects, projects.c.bid_id == bids.c.id)
        .where(bids.c.challenge_id == challenge_id, bids.c.state == BidState.AWARDED)
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else (None, None, None)


def _places_left(connection: Connection, mentor_id: str | None) -> int:
    if mentor_id is None:
        return 0
    running = (
        select(func.count())
        .where(
            projects.c.state.in_(RUNNING),
            or_(projects.c.school_mentor_id == mentor_id, projects.c.enterprise_mentor_id == mentor_id),
        )
        .scalar_subquery()
    )
    left = select(people.c.capacity - running).where(people.c.id == mentor_id)
    return max(0, int(connection.execute(left).scalar_one_or_none() or 0))
