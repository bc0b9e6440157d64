"""What came of matches, on both databases."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.announcements import Announcement
from domain.errors import Conflict, NotAllowed, NotFound, WrongState
from domain.events import EventRecord, TeamChanged
from domain.matching import Taxonomy
from domain.matching.model import DEFAULT_POLICY
from domain.matching.score import Terms
from domain.use_cases.bids import Award, award_bid, withdraw_bid
from domain.use_cases.outcomes import mark_not_relevant, take_back_not_relevant
from domain.use_cases.policies import change_policy
from domain.use_cases.projects import accept_project, sign_milestone, submit_milestone
from infra.database import Database
from infra.queries.match_outcomes import MatchOutcome, all_outcomes, not_relevant_to
from infra.unit_of_work import Store
from tests.fakes.clock import FakeClock
from tests.market import Market, bid_of, post_open

CAUSE = EventRecord("cause", TeamChanged(), "team", 1, "team", datetime(2026, 3, 2, tzinfo=UTC), "cause")
TERMS = Terms(coverage=0.9, focus=0.5, balance=1.0, availability=0.75, site=0.5)


def outcomes(database: Database) -> list[MatchOutcome]:
    with database.read() as connection:
        return list(all_outcomes(connection))


def announce(store: Store, challenge_id: str, team_ids: Iterable[str]) -> None:
    with store.begin() as work:
        found = [Announcement(challenge_id, team_id, 0.8, 1, TERMS, CAUSE) for team_id in team_ids]
        work.announcements.announce(work.policies.current(), found)
        work.commit()


def dismiss(store: Store, market: Market, challenge_id: str) -> None:
    with store.begin() as work:
        mark_not_relevant(work, market.captain, challenge_id, market.team)
        work.commit()


def new_policy(store: Store, market: Market) -> None:
    with store.begin() as work:
        change_policy(work, market.administrator, replace(DEFAULT_POLICY, focus=0.2))
        work.commit()


def test_a_match_is_followed_from_the_telling_to_the_acceptance(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy, clock: FakeClock
) -> None:
    challenge = post_open(store, market, taxonomy)
    announce(store, challenge.id, [market.team, market.partner_team])
    new_policy(store, market)
    clock.advance(timedelta(hours=1))
    bid = bid_of(store, market.captain, market.team, challenge.id)
    clock.advance(timedelta(hours=1))
    with store.begin() as work:
        project = award_bid(work, market.engineer, bid.id, Award())
        work.commit()
    for milestone in project.milestones:
        with store.begin() as work:
            submit_milestone(work, market.captain, project.id, milestone.id, "done")
            sign_milestone(work, market.school_mentor, project.id, milestone.id)
            sign_milestone(work, market.enterprise_mentor, project.id, milestone.id)
            work.commit()
    clock.advance(timedelta(hours=1))
    with store.begin() as work:
        accept_project(work, market.engineer, project.id)
        work.commit()
    by_team = {one.team_id: one for one in outcomes(database)}
    won = by_team[market.team]
    assert won.policy_version == 1, "the policy by which the team was told"
    assert (
        Terms(won.coverage or 0, won.focus or 0, won.balance or 0, won.availability or 0, won.site or 0)
        == TERMS
    )
    times = [won.told_at, won.bid_at, won.awarded_at, won.accepted_at]
    assert None not in times
    assert times == sorted(set(times), key=times.index)
    assert won.not_relevant_at is None
    told = by_team[market.partner_team]
    assert (told.told_at, told.bid_at, told.awarded_at) == (won.told_at, None, None)


def test_a_challenge_that_a_team_found_by_itself_is_kept_under_the_current_policy(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    new_policy(store, market)
    challenge = post_open(store, market, taxonomy)
    bid = bid_of(store, market.captain, market.team, challenge.id)
    with store.begin() as work:
        withdraw_bid(work, market.captain, bid.id)
        work.commit()
    (found,) = outcomes(database)
    assert (found.policy_version, found.told_at, found.score, found.coverage) == (2, None, None, None)
    assert found.bid_at is not None


def test_what_does_not_concern_a_team_is_not_announced_again_until_it_takes_that_back(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy)
    announce(store, challenge.id, [market.team])
    dismiss(store, market, challenge.id)
    first = outcomes(database)[0].not_relevant_at
    dismiss(store, market, challenge.id)
    new_policy(store, market)
    announce(store, challenge.id, [market.team, market.partner_team])
    assert [(one.team_id, one.policy_version) for one in outcomes(database)] == [
        (market.team, 1),
        (market.partner_team, 2),
    ]
    assert outcomes(database)[0].not_relevant_at == first
    with database.read() as connection:
        assert not_relevant_to(connection, market.team) == {challenge.id}
        assert not_relevant_to(connection, market.partner_team) == frozenset()
    for _ in range(2):
        with store.begin() as work:
            take_back_not_relevant(work, market.captain, challenge.id, market.team)
            work.commit()
    announce(store, challenge.id, [market.team])
    assert [(one.team_id, one.policy_version, one.not_relevant_at) for one in outcomes(database)] == [
        (market.team, 1, None),
        (market.team, 2, None),
        (market.partner_team, 2, None),
    ]


def test_a_bid_takes_it_back_and_a_team_that_bid_cannot_say_it(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy)
    dismiss(store, market, challenge.id)
    bid_of(store, market.captain, market.team, challenge.id)
    (found,) = outcomes(database)
    assert (found.not_relevant_at, found.bid_at is None) == (None, False)
    with pytest.raises(Conflict):
        dismiss(store, market, challenge.id)
    with store.begin() as work:
        take_back_not_relevant(work, market.captain, challenge.id, market.team)
        work.commit()
    assert outcomes(database) == [found], "the bid is kept"


def test_only_the_captain_says_it_and_only_of_what_takes_bids(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy, clock: FakeClock
) -> None:
    challenge = post_open(store, market, taxonomy)
    with store.begin() as work:
        for stranger in (market.member, market.engineer, market.partner_captain):
            with pytest.raises(NotAllowed):
                mark_not_relevant(work, stranger, challenge.id, market.team)
            with pytest.raises(NotAllowed):
                take_back_not_relevant(work, stranger, challenge.id, market.team)
        with pytest.raises(NotFound):
            mark_not_relevant(work, market.captain, market.team, market.team)
    clock.advance(timedelta(days=15))
    with pytest.raises(WrongState):
        dismiss(store, market, challenge.id)
    assert outcomes(database) == []
