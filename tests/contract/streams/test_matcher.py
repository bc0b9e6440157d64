"""Who is told of what, and because of what."""

from dataclasses import astuple, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.events import AnnouncementMade, ChallengeOpened, EventRecord, TeamFormed, TeamUnlocked
from domain.matching.errors import NotInReplica
from domain.matching.model import DEFAULT_POLICY, SkillNeed
from domain.matching.score import Terms
from domain.matching.taxonomy import Taxonomy
from domain.use_cases.challenges import amend_challenge, cancel_challenge
from domain.use_cases.teams import ChangeTeam, change_team
from infra.database import Database
from infra.queries.match_outcomes import all_outcomes
from infra.tables.projections import announcements
from infra.taxonomies import Taxonomies
from infra.unit_of_work import Store
from streams.guard import event_guard
from streams.processors.matcher import Matcher
from streams.replica import ReplicaKeeper
from tests.contract.streams.log import messages_after, records_after
from tests.fakes.clock import FakeClock
from tests.fakes.feed import FakeFeed
from tests.fakes.stop import FakeStop
from tests.market import Market, post_open


def told(database: Database) -> list[tuple[str, str]]:
    """Challenge and team of each announcement, best first."""
    query = select(announcements.c.challenge_id, announcements.c.team_id).order_by(announcements.c.rank)
    with database.read() as connection:
        return [(challenge_id, team_id) for challenge_id, team_id in connection.execute(query)]


def last_position(database: Database) -> int:
    return messages_after(database)[-1].position


class Matching:
    """A matcher that is brought up with the log by `run`, from where it stood."""

    def __init__(self, store: Store, database: Database, taxonomy: Taxonomy) -> None:
        self.feed = FakeFeed(self.catch_up)
        self.keeper = ReplicaKeeper(self.feed, database, Taxonomies(taxonomy))
        self.keeper.load()
        self._database = database
        self._guard = event_guard(store, Matcher(self.keeper), 1, FakeStop())
        self._seen = self._fed = last_position(database)

    def catch_up(self) -> None:
        self.feed.deliver(records_after(self._database, self._fed))
        self._fed = last_position(self._database)

    def run(self) -> None:
        batch = messages_after(self._database, self._seen)
        self._guard.run(batch)
        self._seen = last_position(self._database)


@pytest.fixture
def matching(store: Store, database: Database, market: Market, taxonomy: Taxonomy) -> Matching:
    return Matching(store, database, taxonomy)


def tellings(database: Database) -> list[tuple[EventRecord, AnnouncementMade]]:
    records = records_after(database)
    return [(r, r.event) for r in records if isinstance(r.event, AnnouncementMade)]


def test_the_teams_that_fit_an_opened_challenge_are_told(
    matching: Matching, store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy)
    matching.run()
    assert told(database) == [(challenge.id, market.team), (challenge.id, market.partner_team)]
    ((record, telling),) = tellings(database)
    (opened,) = [r for r in records_after(database) if isinstance(r.event, ChallengeOpened)]
    assert set(telling.team_ids) == {market.team, market.partner_team}
    assert (telling.challenge_id, telling.policy_version) == (challenge.id, 1)
    assert (record.causation_id, record.correlation_id) == (opened.id, opened.correlation_id)


def test_an_announcement_keeps_the_terms_of_its_score(
    matching: Matching, store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy)
    matching.run()
    with database.read() as connection:
        found = list(all_outcomes(connection))
    assert {one.team_id for one in found} == {market.team, market.partner_team}
    for one in found:
        assert one.score is not None
        assert None not in astuple(one)[6:11]
        terms = Terms(*astuple(one)[6:11])
        assert terms.total(DEFAULT_POLICY) == pytest.approx(one.score, abs=1e-12)
    amended = replace(challenge.brief, hours_per_week=400.0)
    with store.begin() as work:
        amend_challenge(work, market.approver, challenge.id, challenge.version, amended, taxonomy)
        work.commit()
    matching.run()
    with database.read() as connection:
        again = {one.team_id: one for one in all_outcomes(connection)}
    for one in found:
        before, after = one.availability, again[one.team_id].availability
        assert before is not None
        assert after is not None
        assert after < before


def test_a_challenge_that_closed_meanwhile_is_not_announced(
    matching: Matching, store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy)
    with store.begin() as work:
        cancel_challenge(work, market.approver, challenge.id)
        work.commit()
    matching.run()
    assert told(database) == []


def test_a_challenge_past_its_deadline_is_not_announced(
    matching: Matching,
    store: Store,
    database: Database,
    market: Market,
    taxonomy: Taxonomy,
    clock: FakeClock,
) -> None:
    post_open(store, market, taxonomy)
    clock.advance(timedelta(days=14))
    matching.run()
    assert told(database) == []


def test_a_team_that_unlocks_is_told_of_its_best_open_challenges(
    matching: Matching, store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    with store.begin() as work:
        team = change_team(
            work, market.captain, market.team, work.teams.get(market.team).version, ChangeTeam(locked=True)
        )
        work.commit()
    posted = [post_open(store, market, taxonomy, title=f"课题 {n}") for n in range(7)]
    matching.run()
    assert {team_id for _, team_id in told(database)} == {market.partner_team}, "a locked team is not told"
    with store.begin() as work:
        change_team(work, market.captain, market.team, team.version, ChangeTeam(locked=False))
        work.commit()
    matching.run()
    mine = [challenge_id for challenge_id, team_id in told(database) if team_id == market.team]
    assert len(mine) == 5
    assert set(mine) <= {challenge.id for challenge in posted}
    (unlocked,) = [r for r in records_after(database) if isinstance(r.event, TeamUnlocked)]
    causes = {record.causation_id for record, event in tellings(database) if event.team_ids == [market.team]}
    assert causes == {unlocked.id}


def test_a_new_team_is_told_in_the_batch_that_brings_it(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    """The replica was loaded before any of it, and hears of it only when the matcher catches up."""
    matching = Matching(store, database, taxonomy)
    matching.keeper.replica.load_teams([])
    with pytest.raises(NotInReplica):
        matching.keeper.rank_challenges(market.team, 5)
    challenge = post_open(store, market, taxonomy)
    formed = [m for m in messages_after(database) if m.headers["ce_type"] == TeamFormed.type]
    event_guard(store, Matcher(matching.keeper), 1, FakeStop()).run(formed)
    assert {team_id for _, team_id in told(database)} == {market.team, market.partner_team}
    assert {challenge_id for challenge_id, _ in told(database)} == {challenge.id}


def test_hours_and_place_alone_make_no_match(
    matching: Matching, store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    far_off = (SkillNeed("injection-moulding", level=3, weight=1.0),)
    challenge = post_open(store, market, taxonomy, skills=far_off, hours_per_week=1)
    hits = matching.keeper.rank_teams(challenge.need, 5)
    assert hits, "the engine ranks them"
    matching.run()
    assert told(database) == []
