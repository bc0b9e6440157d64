"""Ending what did not come to anything."""

import pytest
from sqlalchemy import func, select

from domain.bids import BidState
from domain.challenges import Challenge, ChallengeState
from domain.errors import Invalid, NotAllowed, WrongState
from domain.matching.taxonomy import Taxonomy
from domain.projects import ProjectState
from domain.use_cases.bids import Award, award_bid
from domain.use_cases.closing import close_unawarded, stop_project
from domain.use_cases.timers import close_bidding
from infra.tables.log import timers
from infra.unit_of_work import Store
from tests.fakes.clock import FakeClock
from tests.market import Market, bid_of, post_open, running_project

REASON = "产线停了，数据采不到。"


@pytest.fixture
def judged(store: Store, market: Market, taxonomy: Taxonomy, clock: FakeClock) -> Challenge:
    """A challenge of `factory` with a bid of `team`, whose deadline has passed."""
    challenge = post_open(store, market, taxonomy)
    bid_of(store, market.captain, market.team, challenge.id)
    clock.advance(challenge.brief.bids_close_at - clock.now())
    with store.begin() as work:
        close_bidding(work, challenge.id)
        work.commit()
    return challenge


def bids_of(store: Store, challenge_id: str) -> dict[str, tuple[BidState, str]]:
    with store.begin() as work:
        return {bid.team_id: (bid.state, bid.feedback) for bid in work.bids.of_challenge(challenge_id)}


def test_a_judged_challenge_is_closed_and_its_bidders_told_why(
    store: Store, market: Market, judged: Challenge
) -> None:
    with store.begin() as work:
        close_unawarded(work, market.engineer, judged.id, "都要停机一周。")
        work.commit()
    with store.begin() as work:
        assert work.challenges.get(judged.id).state is ChallengeState.CLOSED_UNAWARDED
    assert bids_of(store, judged.id) == {market.team: (BidState.DECLINED, "都要停机一周。")}
    with store.begin() as work, pytest.raises(WrongState):
        close_unawarded(work, market.engineer, judged.id)


def test_only_those_who_award_close_and_only_after_the_deadline(
    store: Store, market: Market, taxonomy: Taxonomy, judged: Challenge
) -> None:
    for stranger in (market.other_engineer, market.captain, market.enterprise_mentor, market.school_admin):
        with store.begin() as work, pytest.raises(NotAllowed):
            close_unawarded(work, stranger, judged.id)
    still_open = post_open(store, market, taxonomy)
    with store.begin() as work, pytest.raises(WrongState):
        close_unawarded(work, market.engineer, still_open.id)


@pytest.mark.parametrize("who", ["approver", "school_admin", "administrator"])
def test_a_stopped_project_frees_its_mentors_and_ends_its_challenge(
    store: Store, market: Market, taxonomy: Taxonomy, who: str
) -> None:
    project = running_project(store, market, taxonomy)
    with store.begin() as work:
        stop_project(work, getattr(market, who), project.id, REASON)
        work.commit()
    with store.begin() as work:
        stopped = work.projects.get(project.id)
        assert (stopped.state, stopped.stopped_reason) == (ProjectState.STOPPED, REASON)
        assert work.challenges.get(project.challenge_id).state is ChallengeState.CANCELLED
        for mentor in (market.school_mentor, market.enterprise_mentor):
            assert work.projects.running_of_mentor(mentor.person_id) == 0
        assert work.projects.running_of_team(market.team) == 0
        waiting = select(func.count()).select_from(timers).where(timers.c.aggregate_id == project.id)
        assert work.connection.execute(waiting).scalar_one() == 0


def test_a_bid_in_reserve_is_told_when_the_project_stops(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy)
    winner = bid_of(store, market.captain, market.team, challenge.id)
    reserve = bid_of(store, market.partner_captain, market.partner_team, challenge.id)
    with store.begin() as work:
        project = award_bid(work, market.engineer, winner.id, Award(reserve=(reserve.id,)))
        work.commit()
    with store.begin() as work:
        stop_project(work, market.approver, project.id, REASON)
        work.commit()
    states = {team: state for team, (state, _) in bids_of(store, challenge.id).items()}
    assert states == {market.team: BidState.AWARDED, market.partner_team: BidState.DECLINED}


def test_only_who_answers_for_a_project_stops_it_and_says_why(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    project = running_project(store, market, taxonomy)
    others = (market.engineer, market.other_engineer, market.captain, market.school_mentor)
    for stranger in (*others, market.enterprise_mentor):
        with store.begin() as work, pytest.raises(NotAllowed):
            stop_project(work, stranger, project.id, REASON)
    with store.begin() as work, pytest.raises(Invalid):
        stop_project(work, market.approver, project.id, " ")
