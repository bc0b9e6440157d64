"""The formula itself, on cases worked out by hand, and what must hold for it always."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.matching.model import Levels, Need, Policy, SkillNeed, Supply
from domain.matching.score import FailedGate, Gate, gates, score, terms
from tests.unit.domain.matching.instances import CODES, TAXONOMY, codes, needs, policies, supplies

NEED = Need(
    "c1",
    1,
    (SkillNeed("siemens-s7", 4, 0.5, mandatory=True), SkillNeed("opc-ua", 2, 0.5)),
    8.0,
    "宁波",
    "浙江",
    remote=False,
    eligible_schools=frozenset({"college", "north"}),
)
TEAM = Supply(
    "t1",
    1,
    {"siemens-s7": Levels(certified=2, self_rated=4), "mqtt": Levels(certified=3)},
    frozenset({"college"}),
    6.0,
    "杭州",
    "浙江",
)


def test_each_term_is_what_the_design_says() -> None:
    reached = terms(NEED, TEAM, TAXONOMY, Policy())
    # S7: the uncertified 4 of 4 earns 0.9, more than the certified 2 of 4. MQTT stands in for OPC UA: 0.5.
    assert reached.coverage == pytest.approx(0.5 * 0.9 + 0.5 * 0.5)
    assert reached.focus == 1.0  # both skills earn at least 0.5
    assert reached.balance == pytest.approx(1 - abs(0.45 / 0.70 - 0.5))  # S7 is OT, OPC UA is IT
    assert reached.availability == 0.75
    assert reached.site == 0.5
    assert score(NEED, TEAM, TAXONOMY, Policy()) == pytest.approx(
        0.70 * 0.70 + 0.10 + 0.08 * reached.balance + 0.07 * 0.75 + 0.05 * 0.5
    )


def test_substitutes_can_be_switched_off() -> None:
    reached = terms(NEED, TEAM, TAXONOMY, Policy(substitutes=False))
    assert reached.coverage == pytest.approx(0.45)
    assert reached.focus == 0.5


def test_a_team_without_skills_has_only_its_hours_and_place() -> None:
    reached = terms(NEED, replace(TEAM, skills={}), TAXONOMY, Policy())
    assert (reached.coverage, reached.focus, reached.balance) == (0, 0, 0)
    assert (reached.availability, reached.site) == (0.75, 0.5)


def test_a_skill_that_the_taxonomy_forgot_counts_for_nothing() -> None:
    forgotten = replace(TEAM, skills={**TEAM.skills, "telegraphy": Levels(5)})
    assert score(NEED, forgotten, TAXONOMY, Policy()) == score(NEED, TEAM, TAXONOMY, Policy())


def test_each_gate_closes_for_its_reason() -> None:
    assert gates(NEED, TEAM) == ()
    weak = replace(TEAM, skills={"siemens-s7": Levels(3, 3), "plc-programming": Levels(5)})
    assert gates(NEED, weak) == (FailedGate(Gate.MANDATORY_SKILL, "siemens-s7", 4, 3),)
    assert gates(NEED, replace(TEAM, schools=frozenset({"south"}))) == (FailedGate(Gate.ELIGIBILITY),)
    assert gates(NEED, TEAM, frozenset({"college"})) == (FailedGate(Gate.MENTOR_CAPACITY),)
    both = replace(TEAM, schools=frozenset({"college", "north"}))
    assert gates(NEED, both, frozenset({"college"})) == ()
    assert gates(NEED, replace(TEAM, available=False)) == (FailedGate(Gate.UNAVAILABLE),)


@given(
    need=needs(),
    team=supplies,
    policy=policies,
    code=codes,
    kind=st.sampled_from(["certified", "self_rated"]),
)
def test_raising_a_level_never_lowers_coverage(
    need: Need, team: Supply, policy: Policy, code: str, kind: str
) -> None:
    held = team.skills.get(code, Levels())
    raised = Levels(5, held.self_rated) if kind == "certified" else Levels(held.certified, 5)
    better = replace(team, skills={**team.skills, code: raised})
    assert terms(need, better, TAXONOMY, policy).coverage >= terms(need, team, TAXONOMY, policy).coverage


@given(need=needs(), team=supplies, policy=policies)
def test_an_unrelated_skill_never_raises_coverage(need: Need, team: Supply, policy: Policy) -> None:
    unrelated = replace(team, skills={**team.skills, "arc-welding": Levels(5, 5)})
    assert terms(need, unrelated, TAXONOMY, policy).coverage == terms(need, team, TAXONOMY, policy).coverage


@given(need=needs(), team=supplies)
def test_removing_a_gate_never_removes_a_team(need: Need, team: Supply) -> None:
    assume(not gates(need, team))
    wider = replace(
        need,
        eligible_schools=frozenset(),
        skills=tuple(replace(wanted, mandatory=False) for wanted in need.skills),
    )
    assert not gates(wider, team)


@given(need=needs(), team=supplies)
def test_a_score_of_the_default_policy_lies_between_0_and_1(need: Need, team: Supply) -> None:
    assert 0 <= score(need, team, TAXONOMY, Policy()) <= 1 + 1e-12
    assert set(CODES) <= {skill.code for skill in TAXONOMY}
