"""A team's word on what it was matched with."""

from domain.errors import Conflict
from domain.organisations import Actor
from domain.outcomes import Outcome
from domain.ports import UnitOfWork


def mark_not_relevant(work: UnitOfWork, actor: Actor, challenge_id: str, team_id: str) -> None:
    """Say that an open challenge does not concern the team: it is not announced to it again.

    Saying it twice changes nothing. Raises NotFound, NotAllowed unless the actor is the captain, WrongState
    where no bids are taken, and Conflict where the team has bid.
    """
    challenge = work.challenges.get(challenge_id)
    work.teams.get(team_id).require_captain(actor.person_id)
    challenge.require_bids_open(work.now())
    if work.bids.of_team(challenge_id, team_id) is not None:
        raise Conflict(reason="this team has bid already")
    work.outcomes.record(challenge_id, team_id, Outcome.NOT_RELEVANT)


def take_back_not_relevant(work: UnitOfWork, actor: Actor, challenge_id: str, team_id: str) -> None:
    """Take that back, whether or not it was said. Raises NotFound, and NotAllowed for all but the captain."""
    work.teams.get(team_id).require_captain(actor.person_id)
    work.outcomes.take_back_not_relevant(challenge_id, team_id)
