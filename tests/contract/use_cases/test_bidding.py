"""Who may bid, what an award does, and what nobody gets in between."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from domain.audience import Confidentiality
from domain.bids import Bid, BidState
from domain.challenges import Challenge, ChallengeState
from domain.errors import Conflict, WrongState
from domain.matching.taxonomy import Taxonomy
from domain.organisations import Actor
from domain.use_cases.bids import (
    Award,
    MentorFull,
    TermsNotAccepted,
    award_bid,
    place_bid,
    revise_bid,
    withdraw_bid,
)
from domain.use_cases.challenges import accept_terms, cancel_challenge
from domain.use_cases.teams import ChangeTeam, accept_invitation, change_team, rate_own_skills
from infra.database import Database
from infra.unit_of_work import SqlUnitOfWork, Store
from tests.market import CAPACITY, Market, bid_of, post_open, proposal, running_project

PATIENCE_SECONDS = 20.0
Act = Callable[[SqlUnitOfWork], Any]


def act(store: Store, what: Act) -> Any:
    with store.begin() as work:
        done = what(work)
        work.commit()
    return done


def waits(database: Database) -> bool:
    """Whether a transaction waits for another one."""
    if database.is_sqlite:
        return bool(database._writers._waiting)
    with database.read() as connection:
        return bool(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())


def meanwhile(store: Store, first: Act, second: Act) -> tuple[Any, Exception | None]:
    """Begin `second` while `first` is not committed yet; what `first` gave, and how `second` failed."""
    with ThreadPoolExecutor(1) as pool:
        with store.begin() as work:
            done = first(work)
            other = pool.submit(act, store, second)
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not waits(store.database) and not other.done():
                assert time.monotonic() < deadline, "the second transaction neither waits nor ends"
            work.commit()
        error = other.exception(PATIENCE_SECONDS)
    assert error is None or isinstance(error, Exception)
    return done, error


def offer(market: Market, challenge: Challenge, ours: bool = True) -> Callable[[SqlUnitOfWork], Bid]:
    captain, team = (market.captain, market.team) if ours else (market.partner_captain, market.partner_team)
    due = (challenge.brief.bids_close_at + timedelta(days=30)).date()
    return lambda work: place_bid(work, captain, challenge.id, team, proposal(due))


def bids_of(store: Store, challenge: Challenge) -> dict[str, BidState]:
    with store.begin() as work:
        return {bid.team_id: bid.state for bid in work.bids.of_challenge(challenge.id)}


def test_a_confidential_challenge_takes_bids_of_those_who_accepted_its_terms(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy, confidentiality=Confidentiality.NDA)
    with pytest.raises(TermsNotAccepted):
        act(store, offer(market, challenge))

    def accept(actor: Actor, terms: str) -> None:
        act(store, lambda work: accept_terms(work, actor, challenge.id, terms))

    with pytest.raises(Conflict):
        accept(market.captain, f"{challenge.id}:0")
    accept(market.member, str(challenge.terms))
    with pytest.raises(TermsNotAccepted):
        act(store, offer(market, challenge))
    assert bids_of(store, challenge) == {}
    for _ in range(2):
        accept(market.captain, str(challenge.terms))
    act(store, offer(market, challenge))
    assert bids_of(store, challenge) == {market.team: BidState.SUBMITTED}


def test_a_bid_in_reserve_cannot_win_a_challenge_that_was_awarded(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy)
    winner = bid_of(store, market.captain, market.team, challenge.id)
    next_in_line = bid_of(store, market.partner_captain, market.partner_team, challenge.id)
    award = Award(reserve=(next_in_line.id,))
    act(store, lambda work: award_bid(work, market.engineer, winner.id, award))
    with pytest.raises(WrongState) as refused:
        act(store, lambda work: award_bid(work, market.engineer, next_in_line.id, Award()))
    assert refused.value.details["state"] is ChallengeState.IN_PROGRESS
    assert bids_of(store, challenge)[market.partner_team] is BidState.RESERVED


def test_a_bid_that_comes_during_the_award_is_told_of_it(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy)
    winner = bid_of(store, market.captain, market.team, challenge.id)
    _, error = meanwhile(
        store,
        offer(market, challenge, ours=False),
        lambda work: award_bid(work, market.engineer, winner.id, Award()),
    )
    assert error is None
    assert bids_of(store, challenge) == {
        market.team: BidState.AWARDED,
        market.partner_team: BidState.DECLINED,
    }


def test_a_bid_that_comes_after_the_award_is_refused(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    challenge = post_open(store, market, taxonomy)
    winner = bid_of(store, market.captain, market.team, challenge.id)
    _, error = meanwhile(
        store,
        lambda work: award_bid(work, market.engineer, winner.id, Award()),
        offer(market, challenge, ours=False),
    )
    assert isinstance(error, WrongState)
    assert bids_of(store, challenge) == {market.team: BidState.AWARDED}


@pytest.mark.parametrize("change", ["revise", "withdraw"])
def test_a_bid_does_not_change_once_its_challenge_is_taken_back(
    store: Store, market: Market, taxonomy: Taxonomy, change: str
) -> None:
    challenge = post_open(store, market, taxonomy)
    bid = bid_of(store, market.captain, market.team, challenge.id)
    changed = proposal(challenge.brief.bids_close_at.date())
    steps: dict[str, Act] = {
        "revise": lambda work: revise_bid(work, market.captain, bid.id, changed),
        "withdraw": lambda work: withdraw_bid(work, market.captain, bid.id),
    }
    _, error = meanwhile(
        store, lambda work: cancel_challenge(work, market.approver, challenge.id), steps[change]
    )
    assert isinstance(error, WrongState)
    assert bids_of(store, challenge) == {market.team: BidState.DECLINED}


def test_a_mentor_is_not_given_two_projects_for_one_place(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    for _ in range(CAPACITY - 1):
        running_project(store, market, taxonomy)
    first, second = (
        bid_of(store, market.captain, market.team, post_open(store, market, taxonomy).id) for _ in range(2)
    )
    _, error = meanwhile(
        store,
        lambda work: award_bid(work, market.engineer, first.id, Award()),
        lambda work: award_bid(work, market.engineer, second.id, Award()),
    )
    assert isinstance(error, MentorFull)
    with store.begin() as work:
        assert work.projects.running_of_mentor(market.school_mentor.person_id) == CAPACITY


def test_a_team_knows_what_its_new_member_can_do_by_now(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    joining = market.loner.person_id
    with store.begin() as work:
        version = work.teams.get(market.team).version
        members = (market.captain.person_id, market.member.person_id, joining)
        change_team(work, market.captain, market.team, version, ChangeTeam(member_ids=members))
        work.commit()
    _, error = meanwhile(
        store,
        lambda work: rate_own_skills(work, market.loner, {"python": 4}, taxonomy),
        lambda work: accept_invitation(work, market.loner, market.team, joining),
    )
    assert error is None
    with store.begin() as work:
        skills = work.teams.get(market.team).supply.skills
    assert skills["python"].self_rated == 4
