"""What somebody may not see does not exist for them: each function raises NotFound then."""

from domain.audience import Viewer, may_see_listing
from domain.bids import Bid
from domain.challenges import Challenge
from domain.errors import NotFound
from domain.organisations import Actor
from domain.projects import Project
from infra.queries.documents import Listing
from infra.queries.project_part import has_part_in
from infra.queries.visible_bids import visible_bid
from infra.unit_of_work import SqlUnitOfWork


def shown(listing: Listing | None, viewer: Viewer, challenge_id: str) -> Listing:
    """The listing, if there is one that the viewer may see."""
    if listing is None or not may_see_challenge(listing.challenge, viewer):
        raise NotFound(kind=Challenge.name, id=challenge_id)
    return listing


def may_see_challenge(challenge: Challenge, viewer: Viewer) -> bool:
    """Whether the viewer may know of the challenge."""
    return may_see_listing(challenge.audience, challenge.factory_id, viewer)


def seen_challenge(work: SqlUnitOfWork, viewer: Viewer, challenge_id: str) -> Challenge:
    """A challenge of which the viewer may know."""
    challenge = work.challenges.get(challenge_id)
    if not may_see_challenge(challenge, viewer):
        raise NotFound(kind=Challenge.name, id=challenge_id)
    return challenge


def seen_bid(work: SqlUnitOfWork, actor: Actor, bid_id: str) -> Bid:
    """A bid of the person's team, or one that they choose among for their factory."""
    found = visible_bid(work.connection, actor, bid_id)
    if found is None:
        raise NotFound(kind=Bid.name, id=bid_id)
    return found.bid


def require_project(work: SqlUnitOfWork, actor: Actor, project_id: str) -> None:
    """A project in which the person has a part."""
    if not has_part_in(work.connection, actor, project_id):
        raise NotFound(kind=Project.name, id=project_id)
