"""What the replica reads from the rows, and how it follows them."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from queue import Queue

import pytest

from domain.errors import NotFound
from domain.matching.errors import NotInReplica
from domain.matching.model import DEFAULT_POLICY, Policy
from domain.matching.replica import Replica
from domain.matching.taxonomy import Taxonomy
from domain.ports import UnitOfWork
from domain.use_cases.challenges import amend_challenge, cancel_challenge
from domain.use_cases.policies import change_policy
from domain.use_cases.teams import ChangeTeam, FormTeam, change_team, form_team, rate_own_skills
from infra.database import Database
from infra.supplies import all_open_needs, all_teams, full_schools, needs_of, teams_of
from infra.taxonomies import Taxonomies
from infra.unit_of_work import Store
from streams.replica import ReplicaKeeper
from tests.contract.streams.log import messages_after, records_after
from tests.fakes.feed import FakeFeed
from tests.market import CAPACITY, Market, post_open, running_project


class Followed:
    """A keeper whose feed tells what happens to the market."""

    def __init__(
        self, store: Store, database: Database, taxonomy: Taxonomy, warm_from: int | None = None
    ) -> None:
        self.feed = FakeFeed()
        self.keeper = ReplicaKeeper(self.feed, database, Taxonomies(taxonomy), warm_from)
        self._store = store
        self._database = database
        self._told = 0

    def tell(self) -> None:
        self.feed.deliver(records_after(self._database, self._told))
        self._told = messages_after(self._database)[-1].position

    def act(self, use_case: Callable[[UnitOfWork], object]) -> None:
        with self._store.begin() as work:
            use_case(work)
            work.commit()
        self.tell()


@pytest.fixture
def followed(store: Store, database: Database, market: Market, taxonomy: Taxonomy) -> Followed:
    followed = Followed(store, database, taxonomy)
    followed.keeper.load()
    followed.tell()
    return followed


def ranked(keeper: ReplicaKeeper, challenge_id: str) -> list[str]:
    return [hit.id for hit in keeper.rank_teams(challenge_id, 10)]


def test_rows_say_what_the_aggregates_say(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    challenge, closed = post_open(store, market, taxonomy), post_open(store, market, taxonomy)
    with store.begin() as work:
        cancelled = cancel_challenge(work, market.approver, closed.id)
        team = work.teams.get(market.team)
        work.commit()
    with database.read() as connection:
        rows = {row.team_id: row for row in all_teams(connection)}
        assert all_open_needs(connection) == [challenge.need]
        both = needs_of(connection, [challenge.id, closed.id, "unknown"])
        assert teams_of(connection, [market.team, "unknown"]) == [rows[market.team]]
    assert (both.open, both.closed) == ([challenge.need], {closed.id: cancelled.version})
    row = rows[market.team]
    assert (row.version, row.profile, row.schools) == (team.version, team.profile, team.school_ids)
    assert (row.hours_per_week, row.city, row.province, row.available) == (10, "苏州", "江苏", True)


def test_what_changes_while_it_loads_is_read_again(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    followed = Followed(store, database, taxonomy)
    challenge = post_open(store, market, taxonomy)
    followed.act(lambda work: cancel_challenge(work, market.approver, challenge.id))
    before = followed.keeper.ready
    assert followed.keeper.replica.challenge_version(challenge.id) is None, "nothing is applied before"
    followed.keeper.load()
    assert (before, followed.keeper.ready) == (False, True)
    with pytest.raises(NotInReplica):
        followed.keeper.rank_teams(challenge.id, 5)
    assert followed.keeper.replica.challenge_version(challenge.id) is not None, "a tombstone stays"


def test_challenges_come_change_and_go(
    followed: Followed, store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy)
    with pytest.raises(NotFound):
        followed.keeper.rank_teams(challenge.id, 5)
    followed.tell()
    assert ranked(followed.keeper, challenge.id) == [market.team, market.partner_team]
    later = challenge.brief.bids_close_at + timedelta(days=1)

    def restrict(work: UnitOfWork) -> None:
        brief = replace(challenge.brief, eligible_schools=(market.partner_school,), bids_close_at=later)
        amend_challenge(work, market.approver, challenge.id, challenge.version, brief, taxonomy)

    followed.act(restrict)
    assert ranked(followed.keeper, challenge.id) == [market.partner_team]
    followed.act(lambda work: cancel_challenge(work, market.approver, challenge.id))
    with pytest.raises(NotInReplica):
        followed.keeper.rank_teams(challenge.id, 5)


def test_teams_lock_and_learn(followed: Followed, store: Store, market: Market, taxonomy: Taxonomy) -> None:
    challenge = post_open(store, market, taxonomy)
    followed.tell()
    before = followed.keeper.score_for_team(market.partner_team, [challenge.id])[challenge.id]
    levels = {"vibration-analysis": 5, "plc-programming": 4}
    followed.act(lambda work: rate_own_skills(work, market.partner_captain, levels, taxonomy))
    after = followed.keeper.score_for_team(market.partner_team, [challenge.id])[challenge.id]
    assert before is not None
    assert after is not None
    assert after > before
    with store.begin() as work:
        version = work.teams.get(market.team).version
    lock = ChangeTeam(locked=True)
    followed.act(lambda work: change_team(work, market.captain, market.team, version, lock))
    assert ranked(followed.keeper, challenge.id) == [market.partner_team]


def test_another_policy_ranks_at_once(
    followed: Followed, store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy)
    followed.tell()
    assert followed.keeper.now().policy == DEFAULT_POLICY
    only_place = Policy(coverage=0, focus=0, balance=0, availability=0, site=1)
    with store.begin() as work:
        changed = change_policy(work, market.administrator, only_place)
        work.commit()
    best = followed.keeper.rank_teams(challenge.id, 1)[0]
    assert best.score == 1.0
    assert followed.keeper.now().policy == changed


def test_a_school_is_full_once_all_its_mentors_are(
    followed: Followed, store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy)
    for _ in range(CAPACITY - 1):
        running_project(store, market, taxonomy)
    followed.tell()
    assert market.team in ranked(followed.keeper, challenge.id)
    last = running_project(store, market, taxonomy)
    followed.tell()
    with database.read() as connection:
        assert full_schools(connection) == {market.school}
    assert ranked(followed.keeper, challenge.id) == [market.partner_team]

    def stop(work: UnitOfWork) -> None:
        project = work.projects.get(last.id)
        project.stop("停产")
        work.projects.save(project)

    followed.act(stop)
    assert market.team in ranked(followed.keeper, challenge.id)


def test_news_that_could_not_be_read_stays_news(
    followed: Followed,
    store: Store,
    market: Market,
    taxonomy: Taxonomy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    challenge = post_open(store, market, taxonomy)

    def lost(*_: object) -> None:
        raise OSError("connection refused")

    with monkeypatch.context() as patched:
        patched.setattr("streams.replica.needs_of", lost)
        with pytest.raises(OSError, match="refused"):
            followed.tell()
    assert ranked(followed.keeper, challenge.id) == [market.team, market.partner_team]


def test_it_warms_up_before_it_is_ready_where_there_are_many_teams(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, many = (Followed(store, database, taxonomy, warm_from).keeper for warm_from in (3, 2))
    warmed: list[tuple[Replica, bool]] = []
    monkeypatch.setattr(Replica, "warm_up", lambda replica: warmed.append((replica, many.ready)))
    few.load()
    many.load()
    assert warmed == [(many.replica, False)]


def test_it_warms_up_once_when_there_come_to_be_many_teams(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed: Queue[int] = Queue()
    monkeypatch.setattr(Replica, "warm_up", lambda replica: warmed.put(len(replica.teams)))
    followed = Followed(store, database, taxonomy, warm_from=3)
    followed.keeper.load()
    followed.act(lambda work: form_team(work, market.loner, FormTeam("示例三队", (), 6)))
    assert warmed.get(timeout=5) == 3
    followed.act(lambda work: rate_own_skills(work, market.loner, {"python": 4}, taxonomy))
    assert not [thread for thread in threading.enumerate() if thread.name == "warm-up"]
    assert warmed.empty()
