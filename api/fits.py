"""Rankings with their reasons, as a viewer may read them: teams for a challenge, challenges for a team."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.problems import RETRY_AFTER, Refusal
from api.redaction import redacted
from api.services import Ranking, Services
from domain.audience import Viewer, may_see_listing
from domain.challenges import ChallengeState
from domain.errors import NotFound
from domain.matching.errors import BelowFloor
from domain.matching.explainer import Explainer
from domain.matching.explanation import Explanation
from domain.matching.model import Hit, Need, Supply
from domain.matching.profile import supply_of_row
from domain.matching.ranking import Places, Ranks
from infra.queries.documents import Listing, listings
from infra.queries.match_outcomes import not_relevant_to
from infra.queries.team_cards import TeamCard, team_cards
from infra.supplies import teams_of


@dataclass(frozen=True, slots=True)
class TeamFit:
    """A team's place in the ranking of a challenge, and why."""

    hit: Hit
    team: TeamCard
    told: Explanation


@dataclass(frozen=True, slots=True)
class ChallengeFit:
    """A challenge's place in the ranking for a team, and why; `told.rank` is the team's place there.

    `not_relevant` where the team said that the challenge does not concern it.
    """

    hit: Hit
    listing: Listing
    told: Explanation
    not_relevant: bool


def ranking_now(services: Services) -> Ranking:
    """Rankings as of now. Raises Refusal (503) while this process still loads them."""
    if not services.rankings.ready:
        raise Refusal(503, "unavailable", {"Retry-After": RETRY_AFTER})
    return services.rankings.now()


def fits_for_challenge(
    services: Services, viewer: Viewer, need: Need, factory_id: str, most: int
) -> list[TeamFit]:
    """The best teams for what a challenge of `factory_id` asks for, at most `most`, the best first.

    None for a need that asks for no skill. Raises Refusal (503) and InvalidLimit.
    """
    if not need.skills:
        return []
    ranking = ranking_now(services)
    hits = ranking.rank_teams(need, most)
    with services.database.read() as connection:
        cards = team_cards(connection, [hit.id for hit in hits])
    explainer, places = _explainer(ranking, need), Places(hits)
    fits = []
    for hit in hits:
        supply = ranking.replica.teams.supply(hit.id)
        if supply is not None and hit.id in cards:
            told = _told(ranking, explainer, supply, cards[hit.id], places)
            fits.append(TeamFit(hit, cards[hit.id], redacted(told, cards[hit.id], viewer, factory_id)))
    return fits


def fits_for_team(services: Services, viewer: Viewer, team_id: str, most: int) -> list[ChallengeFit]:
    """The best open challenges for a team that `viewer` may see, at most `most`, the best first; but those
    that do not concern the team come last, whatever their rank.

    Raises NotFound, Refusal (503) and InvalidLimit.
    """
    with services.database.read() as connection:
        rows, cards = teams_of(connection, [team_id]), team_cards(connection, [team_id])
        unwanted = not_relevant_to(connection, team_id)
    if not rows or team_id not in cards:
        raise NotFound(kind="team", id=team_id)
    supply, card = supply_of_row(rows[0]), cards[team_id]
    ranking = ranking_now(services)
    ranked = ranking.rank_challenges(supply, most + len(unwanted))
    hits = sorted(ranked, key=lambda hit: hit.id in unwanted)[:most]
    shown = _open_listings(services, viewer, [hit.id for hit in hits])
    return [
        ChallengeFit(
            hit,
            shown[hit.id],
            redacted(_told(ranking, _explainer(ranking, need), supply, card), card, viewer, None),
            hit.id in unwanted,
        )
        for hit in hits
        if hit.id in shown and (need := ranking.replica.challenges.need(hit.id)) is not None
    ]


def _open_listings(services: Services, viewer: Viewer, ids: Sequence[str]) -> dict[str, Listing]:
    """The rows of what the replica ranked: it may be a moment behind them."""
    with services.database.read() as connection:
        found = listings(connection, ids)
    return {
        listing.challenge.id: listing
        for listing in found
        if listing.challenge.state is ChallengeState.OPEN
        and may_see_listing(listing.challenge.audience, listing.challenge.factory_id, viewer)
    }


def _explainer(ranking: Ranking, need: Need) -> Explainer:
    return Explainer(need, ranking.replica.taxonomy, ranking.policy, full_schools=ranking.full_schools)


def _told(
    ranking: Ranking, explainer: Explainer, supply: Supply, card: TeamCard, ranks: Ranks | None = None
) -> Explanation:
    """The explanation with ranks from `ranks`, or from the whole index where they do not reach as far."""
    if ranks is not None:
        try:
            return explainer.explain(supply, card.members, ranks)
        except BelowFloor:
            pass  # the team has changed since it was ranked
    standing = ranking.replica.teams.standing(
        explainer.need, ranking.policy, full_schools=ranking.full_schools, floor=explainer.score(supply)
    )
    return explainer.explain(supply, card.members, standing)
