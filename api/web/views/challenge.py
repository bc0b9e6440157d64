"""A challenge's page for one reader: the header with its stub, and the tabs that they may open."""

from dataclasses import dataclass

from api.services import Ranking
from api.web.formats import challenge_label
from api.web.views.fit import Fit, fit_of
from api.web.views.notices import ENDED, TAKEN, may_list, may_read, supply_of
from api.web.views.own_team import own_team
from api.web.visit import Visit
from domain.bids import Bid
from domain.challenges import UNPUBLISHED, Challenge, ChallengeState
from domain.errors import NotFound
from domain.matching.model import Need
from infra.queries.challenge_bids import bid_of_team
from infra.queries.challenge_sheet import ChallengeSheet, challenge_sheet
from infra.queries.match_outcomes import not_relevant_to
from infra.queries.reader_card import OwnTeam

RANKED = UNPUBLISHED | {ChallengeState.OPEN, ChallengeState.JUDGING}
"""The states in which it is of use to know who could take it."""


@dataclass(frozen=True, slots=True)
class ChallengeView:
    """What the header shows. `fit` is there for a reader with a team, `can_bid` of teams for its owner.

    `not_relevant` where the reader's team said that it does not concern them.
    """

    sheet: ChallengeSheet
    readable: bool
    is_own: bool
    team: OwnTeam | None
    bid: Bid | None
    not_relevant: bool
    fit: Fit | None
    can_bid: int | None

    @property
    def challenge(self) -> Challenge:
        return self.sheet.challenge

    @property
    def href(self) -> str:
        """The page's address; its tabs lie below."""
        return f"/challenges/{self.challenge.id}"

    @property
    def label(self) -> str:
        """J-0412."""
        return challenge_label(self.challenge.number)

    @property
    def state(self) -> ChallengeState:
        return self.challenge.state

    @property
    def taken(self) -> bool:
        return self.state in TAKEN

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def unpublished(self) -> bool:
        return self.state in UNPUBLISHED

    @property
    def ranked(self) -> bool:
        """Whether there is a ranking to show."""
        return self.state in RANKED and bool(self.challenge.brief.skills)


def challenge_for(visit: Visit, challenge_id: str) -> ChallengeSheet:
    """The challenge, if the reader may know of it; raises NotFound."""
    with visit.services.database.read() as connection:
        sheet = challenge_sheet(connection, challenge_id)
    if sheet is None or not may_list(visit, sheet.challenge):
        raise NotFound(kind="challenge", id=challenge_id)
    return sheet


def challenge_view(visit: Visit, sheet: ChallengeSheet, ranking: Ranking) -> ChallengeView:
    """The challenge as the reader's page shows it."""
    challenge, team = sheet.challenge, own_team(visit)
    is_own = visit.actor is not None and visit.actor.organisation_id == challenge.factory_id
    bid, not_relevant = None, False
    if team is not None:
        with visit.services.database.read() as connection:
            bid = bid_of_team(connection, team.id, challenge.id)
            not_relevant = challenge.id in not_relevant_to(connection, team.id)
    supply = supply_of(ranking, team.id if team else None)
    need = need_of(challenge)
    ranked = need is not None and challenge.state in RANKED
    return ChallengeView(
        sheet=sheet,
        readable=may_read(visit, challenge),
        is_own=is_own,
        team=team,
        bid=bid,
        not_relevant=not_relevant,
        fit=fit_of(need, supply, ranking) if need and ranked and supply else None,
        can_bid=count_eligible(need, ranking) if need and ranked and is_own else None,
    )


def need_of(challenge: Challenge) -> Need | None:
    """What the engine can rank; None where it asks for no skill yet."""
    return challenge.need if challenge.brief.skills else None


def count_eligible(need: Need, ranking: Ranking) -> int:
    """How many teams pass every gate."""
    return ranking.replica.teams.count_eligible(need, full_schools=ranking.full_schools)
