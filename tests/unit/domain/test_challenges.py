"""The states of a challenge, and what may be done in each."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.audience import Audience, Confidentiality
from domain.challenges import Brief, Challenge, ChallengeState
from domain.errors import Invalid, WrongState
from domain.matching.model import SkillNeed
from tests.fakes.clock import START

BRIEF = Brief(
    title="精铣刀具磨损在线判断",
    text="主轴振动在换刀后明显升高。",
    language="zh",
    industry="machining",
    skills=(SkillNeed("vibration-analysis", 3, 1.0),),
    city="苏州",
    province="江苏",
    bids_close_at=START + timedelta(days=7),
)


def drafted(brief: Brief = BRIEF) -> Challenge:
    return Challenge.draft("c1", 412, "factory", "author", brief, START)


def opened(brief: Brief = BRIEF) -> Challenge:
    challenge = drafted(brief)
    challenge.submit()
    challenge.open(START)
    return challenge


def test_each_event_raises_the_version_by_one() -> None:
    challenge = opened()
    challenge.award("bid", "team")
    assert [sequence for sequence, _ in challenge.take_events()] == [1, 2, 3, 4]
    assert challenge.version == 4
    assert challenge.stored_version == 4


def test_the_whole_way_to_acceptance() -> None:
    challenge = opened()
    challenge.close_bidding(START + timedelta(days=7), bids=1)
    challenge.award("bid", "team")
    challenge.start("project")
    challenge.deliver("project")
    challenge.accept("project")
    assert challenge.state is ChallengeState.ACCEPTED


STEPS: dict[str, Callable[[Challenge], None]] = {
    "submit": Challenge.submit,
    "send_back": Challenge.send_back,
    "open": lambda c: c.open(START),
    "award": lambda c: c.award("bid", "team"),
    "start": lambda c: c.start("project"),
    "deliver": lambda c: c.deliver("project"),
    "accept": lambda c: c.accept("project"),
    "cancel": Challenge.cancel,
    "close_unawarded": Challenge.close_unawarded,
    "stop": Challenge.stop,
}
ALLOWED = {
    ChallengeState.DRAFT: {"submit", "cancel"},
    ChallengeState.IN_REVIEW: {"open", "send_back", "cancel"},
    ChallengeState.OPEN: {"award", "cancel"},
    ChallengeState.JUDGING: {"award", "cancel", "close_unawarded"},
    ChallengeState.AWARDED: {"start"},
    ChallengeState.IN_PROGRESS: {"deliver", "stop"},
    ChallengeState.DELIVERED: {"accept"},
    ChallengeState.ACCEPTED: set[str](),
    ChallengeState.CANCELLED: set[str](),
    ChallengeState.CLOSED_UNAWARDED: set[str](),
}


@pytest.mark.parametrize("state", ChallengeState)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_possible_in_its_states_only(state: ChallengeState, step: str) -> None:
    challenge = drafted()
    challenge.state = state
    version = challenge.version
    if step in ALLOWED[state]:
        STEPS[step](challenge)
        assert challenge.version == version + 1
    else:
        with pytest.raises(WrongState):
            STEPS[step](challenge)
        assert (challenge.state, challenge.version) == (state, version)


def test_a_deadline_in_the_past_cannot_open() -> None:
    challenge = drafted()
    challenge.submit()
    with pytest.raises(Invalid) as refusal:
        challenge.open(BRIEF.bids_close_at)
    assert refusal.value.field == "bids_close_at"


def test_without_skills_it_cannot_open() -> None:
    challenge = drafted(replace(BRIEF, skills=()))
    challenge.submit()
    with pytest.raises(Invalid) as refusal:
        challenge.open(START)
    assert refusal.value.field == "skills"


def test_bids_are_refused_from_the_deadline_on_even_if_no_timer_ran() -> None:
    challenge = opened()
    challenge.require_bids_open(BRIEF.bids_close_at - timedelta(seconds=1))
    with pytest.raises(WrongState):
        challenge.require_bids_open(BRIEF.bids_close_at)


def test_without_bids_the_deadline_closes_it() -> None:
    challenge = opened()
    challenge.close_bidding(BRIEF.bids_close_at, bids=0)
    assert challenge.state is ChallengeState.CLOSED_UNAWARDED


def test_a_timer_that_comes_early_changes_nothing() -> None:
    challenge = opened()
    with pytest.raises(WrongState):
        challenge.close_bidding(BRIEF.bids_close_at - timedelta(seconds=1), bids=1)
    assert challenge.state is ChallengeState.OPEN


def test_the_deadline_of_an_open_challenge_only_moves_later() -> None:
    challenge = opened()
    challenge.amend(replace(BRIEF, bids_close_at=BRIEF.bids_close_at + timedelta(days=1)))
    with pytest.raises(Invalid):
        challenge.amend(BRIEF)


@pytest.mark.parametrize(
    ("confidentiality", "published"),
    [
        (Confidentiality.PUBLIC, Audience.PUBLIC),
        (Confidentiality.MEMBERS, Audience.MEMBERS),
        (Confidentiality.NDA, Audience.MEMBERS),
    ],
)
def test_only_the_factory_knows_of_it_before_it_is_open(
    confidentiality: Confidentiality, published: Audience
) -> None:
    brief = replace(BRIEF, confidentiality=confidentiality, teaser="摘要")
    assert drafted(brief).audience is Audience.OWNER
    assert opened(brief).audience is published
    taken_back = drafted(brief)
    taken_back.cancel()
    assert taken_back.audience is Audience.OWNER


def test_the_same_brief_again_changes_nothing() -> None:
    challenge = opened(replace(BRIEF, confidentiality=Confidentiality.NDA, teaser="摘要"))
    challenge.take_events()
    challenge.amend(replace(challenge.brief))
    assert (challenge.version, challenge.take_events(), challenge.terms_version) == (3, [], 1)
    challenge.close_bidding(BRIEF.bids_close_at, bids=1)
    with pytest.raises(WrongState):
        challenge.amend(challenge.brief)


def test_another_text_of_a_confidential_challenge_has_other_terms() -> None:
    challenge = opened(replace(BRIEF, confidentiality=Confidentiality.NDA, teaser="摘要"))
    before = challenge.terms
    challenge.amend(replace(challenge.brief, reward_cny=5000))
    assert challenge.terms == before
    challenge.amend(replace(challenge.brief, text="更多细节。"))
    assert challenge.terms != before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(BRIEF, title="  "), "title"),
        (replace(BRIEF, confidentiality=Confidentiality.NDA), "teaser"),
        (replace(BRIEF, reward_cny=-1), "reward_cny"),
    ],
)
def test_a_brief_that_breaks_a_rule_names_the_field(wrong: Brief, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        drafted(wrong)
    assert refusal.value.field == field
