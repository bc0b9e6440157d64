"""A challenge as a notice in a list: what it says, and what it is to whoever reads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from api.services import Ranking
from api.web.formats import challenge_label
from api.web.views.fit import Fit, fit_of
from api.web.visit import Visit
from domain.audience import may_see_brief, may_see_listing
from domain.bids import Bid
from domain.challenges import Challenge, ChallengeState, Kpi
from domain.matching.errors import NotInReplica
from domain.matching.model import Supply
from infra.queries.documents import Listing
from infra.queries.names import Name

FRESH = timedelta(hours=24)
TAKEN = frozenset(
    {
        ChallengeState.AWARDED,
        ChallengeState.IN_PROGRESS,
        ChallengeState.DELIVERED,
        ChallengeState.ACCEPTED,
    }
)
ENDED = frozenset({ChallengeState.CLOSED_UNAWARDED, ChallengeState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Notice:
    """A challenge for one reader. `readable` is whether they may read the brief behind the teaser.

    `not_relevant` where their team said that it does not concern them.
    """

    challenge: Challenge
    factory: Name
    bid_count: int
    title: Markup
    snippet: Markup
    readable: bool
    is_own: bool
    fresh: bool
    fit: Fit | None = None
    bid: Bid | None = None
    not_relevant: bool = False

    @property
    def href(self) -> str:
        """The challenge's page."""
        return f"/challenges/{self.challenge.id}"

    @property
    def label(self) -> str:
        """The number as people say it."""
        return challenge_label(self.challenge.number)

    @property
    def taken(self) -> bool:
        """Whether a team has taken the notice down."""
        return self.challenge.state in TAKEN

    @property
    def ended(self) -> bool:
        """Whether it ended without a winner."""
        return self.challenge.state in ENDED

    @property
    def open(self) -> bool:
        """Whether teams bid now."""
        return self.challenge.state is ChallengeState.OPEN

    @property
    def kpi(self) -> Kpi | None:
        """The measure, for those who may read the brief."""
        return self.challenge.brief.kpi if self.readable else None


def notice_of(visit: Visit, listing: Listing) -> Notice:
    """The notice without a fit, its words as they were written."""
    challenge = listing.challenge
    brief = challenge.brief
    readable = may_read(visit, challenge)
    opened = challenge.opened_at
    return Notice(
        challenge=challenge,
        factory=Name(challenge.factory_id, listing.factory_zh, listing.factory_en),
        bid_count=listing.bid_count,
        title=Markup.escape(brief.title),
        snippet=Markup.escape(brief.text if readable else brief.teaser),
        readable=readable,
        is_own=visit.me.organisation_id == challenge.factory_id if visit.actor else False,
        fresh=opened is not None and visit.now - opened < FRESH,
    )


def may_read(visit: Visit, challenge: Challenge) -> bool:
    """Whether the reader may read the brief."""
    return may_see_brief(challenge.brief.confidentiality, challenge.factory_id, challenge.terms, visit.viewer)


def may_list(visit: Visit, challenge: Challenge) -> bool:
    """Whether the reader may know of the challenge."""
    return may_see_listing(challenge.audience, challenge.factory_id, visit.viewer)


def supply_of(ranking: Ranking, team_id: str | None) -> Supply | None:
    """The team as rankings know it; None without a team, and for one that they do not know yet."""
    if team_id is None:
        return None
    try:
        return ranking.replica.supply(team_id)
    except NotInReplica:
        return None


def fits(challenges: Iterable[Challenge], supply: Supply | None, ranking: Ranking) -> Mapping[str, Fit]:
    """The team's fit for those of the challenges that are open and ask for skills."""
    if supply is None:
        return {}
    asking: Sequence[Challenge] = [c for c in challenges if c.state is ChallengeState.OPEN and c.brief.skills]
    return {c.id: fit_of(c.need, supply, ranking) for c in asking}
