"""Keeps this process's replica of teams and open challenges at what the rows say."""

import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from domain import events
from domain.errors import Invalid
from domain.events import EventRecord
from domain.matching.model import Hit, Need, Policy, Supply
from domain.matching.profile import supply_of_row
from domain.matching.replica import Replica
from domain.matching.score import Terms, terms
from domain.matching.taxonomy import Taxonomy
from domain.matching.team_engine import COMPILED_FROM
from domain.matching.validation import validate_need
from infra.database import Database
from infra.repositories.policies import current_policy
from infra.supplies import all_open_needs, all_teams, full_schools, needs_of, teams_of
from infra.taxonomies import Taxonomies
from streams.feed import CATCH_UP_SECONDS, ChangeFeed

log = logging.getLogger(__name__)

TEAM_EVENTS = (events.TeamFormed, events.TeamChanged, events.TeamLocked, events.TeamUnlocked)
CHALLENGE_EVENTS = (
    events.ChallengeOpened,
    events.ChallengeAmended,
    events.ChallengeBiddingClosed,
    events.ChallengeAwarded,
    events.ChallengeClosedUnawarded,
    events.ChallengeCancelled,
)
MENTOR_EVENTS = (
    events.PersonRegistered,
    events.ProjectPlanned,
    events.ProjectDelivered,
    events.ProjectStopped,
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Who fits whom: the replica at one policy, with the schools whose mentors have no more room."""

    replica: Replica
    policy: Policy
    full_schools: frozenset[str]

    def rank_teams(self, challenge: str | Need, k: int) -> list[Hit]:
        """The k best teams for a challenge. Raises NotInReplica where it is not open, InvalidLimit."""
        need = self.replica.need(challenge)
        return self.replica.teams.rank(need, k, self.policy, full_schools=self.full_schools)

    def rank_challenges(self, team: str | Supply, k: int) -> list[Hit]:
        """The k best open challenges for a team. Raises NotInReplica, InvalidLimit."""
        supply = self.replica.supply(team)
        return self.replica.challenges.rank(supply, k, self.policy, full_schools=self.full_schools)

    def score_for_team(self, team: str | Supply, challenge_ids: Iterable[str]) -> dict[str, float | None]:
        """A team's score for each challenge; None where a gate is closed or it is not open."""
        supply = self.replica.supply(team)
        return self.replica.challenges.score(
            supply, challenge_ids, self.policy, full_schools=self.full_schools
        )

    def terms(self, challenge: str | Need, team: str | Supply) -> Terms:
        """The terms of a team's score for a challenge. Raises NotInReplica."""
        replica = self.replica
        return terms(replica.need(challenge), replica.supply(team), replica.taxonomy, self.policy)


SKILL_EVENTS = (events.SkillAdded, events.SkillChanged)


@dataclass(slots=True)
class News:
    """What has changed since it was last read from the rows."""

    teams: set[str] = field(default_factory=set)
    challenges: set[str] = field(default_factory=set)
    mentors: bool = False
    skills: bool = False

    def __bool__(self) -> bool:
        return bool(self.teams or self.challenges or self.mentors or self.skills)

    def add(self, record: EventRecord) -> None:
        """Note whose rows an event tells to read again."""
        if isinstance(record.event, TEAM_EVENTS):
            self.teams.add(record.subject)
        elif isinstance(record.event, CHALLENGE_EVENTS):
            self.challenges.add(record.subject)
        elif isinstance(record.event, MENTOR_EVENTS):
            self.mentors = True
        elif isinstance(record.event, SKILL_EVENTS):
            self.skills = True

    def merge(self, other: "News") -> None:
        """Note what `other` noted, too."""
        self.teams |= other.teams
        self.challenges |= other.challenges
        self.mentors |= other.mentors
        self.skills |= other.skills


WARM_FROM = COMPILED_FROM // 2 if COMPILED_FROM else None
"""With so many teams the compiled engine may soon rank them; with fewer, numba need not be loaded."""


class ReplicaKeeper:
    """Rankings as of now, from memory; any number of threads may ask, and none waits for the compiler.

    Construct it before the feed starts, then `load` once the feed has started: what changes while it loads
    is read again. Until then `ready` is false and there is nothing to rank. From `warm_from` teams on (never
    where None) the compiled engine is made ready, too.
    """

    def __init__(
        self,
        feed: ChangeFeed,
        database: Database,
        taxonomies: Taxonomies,
        warm_from: int | None = WARM_FROM,
    ) -> None:
        self.replica = Replica(taxonomies.current)
        self.ready = False
        self._taxonomies = taxonomies
        self._feed = feed
        self._database = database
        self._news = News(mentors=True)
        self._news_lock = threading.Lock()
        self._applying = threading.Lock()
        self._full_schools: frozenset[str] = frozenset()
        self._warm_from = warm_from
        feed.subscribe(self._note)

    def load(self) -> None:
        """Read all teams and open challenges. Raises what the database raises; then call it again."""
        with self._applying:
            self._load()
        if self._wants_warming():
            self.replica.warm_up()
        self.now()
        self.ready = True

    def _load(self) -> None:
        """Put a replica of everything, by the current taxonomy, in the place of the one that is there."""
        with self._database.read() as connection:
            taxonomy = self._taxonomies.refresh(connection)
            teams, needs = all_teams(connection), all_open_needs(connection)
        replica = Replica(taxonomy)
        replica.load_teams(teams)
        replica.apply_challenges(_valid(needs, taxonomy))
        self.replica = replica

    def catch_up(self, timeout: float = CATCH_UP_SECONDS) -> Ranking:
        """Rankings by everything that is in the log now. Raises FeedBehind, and what the database raises."""
        self._feed.catch_up(timeout)
        return self.now()

    def now(self) -> Ranking:
        """Rankings by the current policy and what the feed has told of. Raises what the database raises."""
        with self._applying:
            self._apply_news()
            with self._database.read() as connection:
                policy = current_policy(connection)
            if policy != self.replica.policy:
                self.replica.policy = policy
            return Ranking(self.replica, policy, self._full_schools)

    def rank_teams(self, challenge: str | Need, k: int) -> list[Hit]:
        """The k best teams for a challenge, now. Raises NotInReplica where it is not open, InvalidLimit."""
        return self.now().rank_teams(challenge, k)

    def rank_challenges(self, team: str | Supply, k: int) -> list[Hit]:
        """The k best open challenges for a team, now. Raises NotInReplica, InvalidLimit."""
        return self.now().rank_challenges(team, k)

    def score_for_team(self, team: str | Supply, challenge_ids: Iterable[str]) -> dict[str, float | None]:
        """A team's score for each challenge, now; None where a gate is closed or it is not open."""
        return self.now().score_for_team(team, challenge_ids)

    def _note(self, _: str, records: Sequence[EventRecord]) -> None:
        """Remember whose rows to read, and read them unless they are being loaded."""
        with self._news_lock:
            for record in records:
                self._news.add(record)
        if self.ready and self._news:
            with self._applying:
                self._apply_news()

    def _apply_news(self) -> None:
        """The caller holds `_applying`. What could not be read stays news."""
        with self._news_lock:
            news, self._news = self._news, News()
        if not news:
            return
        try:
            self._apply(news)
        except BaseException:
            with self._news_lock:
                self._news.merge(news)
            raise

    def _apply(self, news: News) -> None:
        if news.skills:
            self._load()
        with self._database.read() as connection:
            teams = teams_of(connection, news.teams)
            needs = needs_of(connection, news.challenges)
            if news.mentors:
                self._full_schools = full_schools(connection)
        self.replica.apply_teams(map(supply_of_row, teams))
        self.replica.apply_challenges(_valid(needs.open, self.replica.taxonomy), needs.closed)
        if self._wants_warming():
            threading.Thread(target=self.replica.warm_up, name="warm-up", daemon=True).start()

    def _wants_warming(self) -> bool:
        """True once, when there are many teams; the caller then warms the engine up."""
        if self._warm_from is None or len(self.replica.teams) < self._warm_from:
            return False
        self._warm_from = None
        return True


def _valid(needs: Iterable[Need], taxonomy: Taxonomy) -> list[Need]:
    """Those that the taxonomy can rank; one that it cannot must not hide the others."""
    valid = []
    for need in needs:
        try:
            validate_need(need, taxonomy)
        except Invalid as error:
            log.error("challenge %s cannot be ranked: %s", need.challenge_id, error)
        else:
            valid.append(need)
    return valid
