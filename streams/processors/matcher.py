"""Tells teams of new challenges that they fit, and new teams of what is open."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Protocol

from domain import events
from domain.announcements import Announcement
from domain.challenges import Challenge, ChallengeState
from domain.events import Event, EventRecord
from domain.matching.model import Hit, Need, Policy, Supply
from domain.matching.score import Terms
from domain.ports import UnitOfWork

TEAMS_FOR_A_CHALLENGE = 20
CHALLENGES_FOR_A_TEAM = 5

CHALLENGE_EVENTS = (events.ChallengeOpened, events.ChallengeAmended)
TEAM_EVENTS = (events.TeamFormed, events.TeamChanged, events.TeamUnlocked)


class Ranking(Protocol):
    """Who fits whom under a policy."""

    @property
    def policy(self) -> Policy: ...

    def rank_teams(self, challenge: Need, k: int) -> list[Hit]: ...

    def rank_challenges(self, team: Supply, k: int) -> list[Hit]: ...

    def terms(self, challenge: Need, team: str | Supply) -> Terms: ...


class Rankings(Protocol):
    """Gives the ranking as of the log's end; `streams.replica.ReplicaKeeper` does."""

    def catch_up(self) -> Ranking: ...


class Matcher:
    """A Processor: announces a challenge's 20 best teams, and a team's 5 best challenges.

    The rank that an announcement keeps is the place in the list that it was found in. Nobody is told of a
    match that hours and place alone could have made.
    """

    name: ClassVar[str] = "matcher"
    consumes: ClassVar[tuple[type[Event], ...]] = (*CHALLENGE_EVENTS, *TEAM_EVENTS)

    def __init__(self, rankings: Rankings) -> None:
        self._rankings = rankings

    def handle(self, batch: Sequence[EventRecord], work: UnitOfWork) -> None:
        ranking = self._rankings.catch_up()
        for_challenges = _for_challenges(_last_by_subject(batch, CHALLENGE_EVENTS), ranking, work)
        for_teams = _for_teams(_last_by_subject(batch, TEAM_EVENTS), ranking, work)
        work.announcements.announce(ranking.policy, [*for_challenges, *for_teams])


def _for_challenges(
    causes: Mapping[str, EventRecord], ranking: Ranking, work: UnitOfWork
) -> Iterator[Announcement]:
    for challenge in _open(work, causes).values():
        for hit in _worth_telling(ranking.rank_teams(challenge.need, TEAMS_FOR_A_CHALLENGE), ranking.policy):
            terms = ranking.terms(challenge.need, hit.id)
            yield Announcement(challenge.id, hit.id, hit.score, hit.rank, terms, causes[challenge.id])


def _for_teams(
    causes: Mapping[str, EventRecord], ranking: Ranking, work: UnitOfWork
) -> Iterator[Announcement]:
    teams = work.teams.find(causes)
    found = {
        team.id: _worth_telling(ranking.rank_challenges(team.supply, CHALLENGES_FOR_A_TEAM), ranking.policy)
        for team in teams.values()
    }
    still_open = _open(work, {hit.id for hits in found.values() for hit in hits})
    for team_id, hits in found.items():
        for hit in hits:
            if hit.id in still_open:
                terms = ranking.terms(still_open[hit.id].need, teams[team_id].supply)
                yield Announcement(hit.id, team_id, hit.score, hit.rank, terms, causes[team_id])


def _worth_telling(hits: Iterable[Hit], policy: Policy) -> list[Hit]:
    return [hit for hit in hits if hit.score > policy.availability + policy.site]


def _last_by_subject(batch: Sequence[EventRecord], kinds: tuple[type[Event], ...]) -> dict[str, EventRecord]:
    return {record.subject: record for record in batch if isinstance(record.event, kinds)}


def _open(work: UnitOfWork, ids: Iterable[str]) -> dict[str, Challenge]:
    found = work.challenges.find(ids)
    return {id: challenge for id, challenge in found.items() if _takes_bids(challenge, work.now())}


def _takes_bids(challenge: Challenge, now: datetime) -> bool:
    return challenge.state is ChallengeState.OPEN and now < challenge.brief.bids_close_at
