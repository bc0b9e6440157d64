"""Explanations add up, name who brings what, and their counterfactuals come true."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from domain.matching.explainer import Explainer, applied, explain
from domain.matching.explanation import Basis
from domain.matching.index import TeamIndex
from domain.matching.model import Levels, Member, Need, Policy, SkillNeed, Supply
from domain.matching.profile import supply_of
from domain.matching.ranking import Places
from domain.matching.score import Gate, gates, score
from tests.unit.domain.matching.instances import (
    TAXONOMY,
    members,
    needs,
    policies,
    schools,
    supplies,
    supply_lists,
)


@given(need=needs(), team=supplies, policy=policies)
def test_the_contributions_sum_to_the_score(need: Need, team: Supply, policy: Policy) -> None:
    told = explain(need, team, [], TAXONOMY, policy)
    parts = sum(line.contribution for line in told.skills) + sum(term.contribution for term in told.terms)
    assert parts == pytest.approx(told.score, abs=1e-9)
    assert told.score == score(need, team, TAXONOMY, policy)
    assert told.eligible == (not gates(need, team))


@given(need=needs(), others=supply_lists(), team=supplies, policy=policies, full=schools)
@settings(deadline=None, max_examples=200)
def test_a_counterfactual_comes_true(
    need: Need, others: list[Supply], team: Supply, policy: Policy, full: frozenset[str]
) -> None:
    index = TeamIndex.build([one for one in others if one.team_id != team.team_id], TAXONOMY)
    index.upsert(team)
    told = explain(need, team, [], TAXONOMY, policy, index=index, full_schools=full)
    ranks = {hit.id: hit.rank for hit in index.rank(need, 50, policy, full_schools=full)}
    assert told.rank == ranks.get(team.team_id)
    for step in told.counterfactuals:
        assert step.gain > 0
        index.upsert(applied(step, team))
        after = {hit.id: hit for hit in index.rank(need, 50, policy, full_schools=full)}.get(team.team_id)
        assert (after.rank if after else None) == step.new_rank
        assert after is None or after.score == step.new_score
        assert score(need, applied(step, team), TAXONOMY, policy) == step.new_score


@given(need=needs(), teams=supply_lists(), policy=policies)
@settings(deadline=None)
def test_the_places_of_a_ranking_know_all_ranks_of_their_members(
    need: Need, teams: list[Supply], policy: Policy
) -> None:
    """A page of explanations needs no second look at the index."""
    index = TeamIndex.build(teams, TAXONOMY)
    hits = index.rank(need, 5, policy)
    explainer, places = Explainer(need, TAXONOMY, policy), Places(hits)
    for hit in hits:
        team = next(one for one in teams if one.team_id == hit.id)
        assert explainer.score(team) == hit.score
        assert explainer.explain(team, (), places) == explain(need, team, [], TAXONOMY, policy, index=index)


@given(need=needs(), students=members, policy=policies)
def test_every_line_with_credit_names_who_brings_it(
    need: Need, students: list[Member], policy: Policy
) -> None:
    team = supply_of("t", 1, students, schools=[], hours_per_week=4)
    brings = {student.student_id: student.skills for student in students}
    for line in explain(need, team, students, TAXONOMY, policy).skills:
        assert (line.provider is None) == (line.basis is Basis.MISSING) == (line.credit == 0)
        if line.provider is not None:
            level, certified = brings[line.provider][line.substitute or line.skill]
            assert level == line.level
            if line.basis is not Basis.SUBSTITUTE:
                assert certified == (line.basis is Basis.CERTIFIED)


def test_an_explanation_tells_the_whole_story() -> None:
    need = Need(
        "c",
        1,
        (SkillNeed("siemens-s7", 3, 0.6, mandatory=True), SkillNeed("opc-ua", 2, 0.4)),
        4,
        None,
        None,
        remote=True,
    )
    students = [
        Member("s1", "李雷", "Li Lei", {"siemens-s7": (2, True)}),
        Member("s2", "韩梅梅", "Han Meimei", {"mqtt": (4, False)}),
    ]
    team = supply_of("t", 1, students, schools=[], hours_per_week=4)
    rival = Supply("u", 1, {"siemens-s7": Levels(3)}, frozenset(), 4, None, None)
    told = explain(need, team, students, TAXONOMY, index=TeamIndex.build([team, rival], TAXONOMY))

    assert [(gate.gate, gate.skill, gate.level) for gate in told.failed_gates] == [
        (Gate.MANDATORY_SKILL, "siemens-s7", 2)
    ]
    assert told.rank is None
    assert told.missing == ("opc-ua",)
    plc, opc = told.skills
    assert (plc.basis, plc.provider, plc.level, plc.substitute) == (Basis.CERTIFIED, "s1", 2, None)
    assert plc.contribution == pytest.approx(0.7 * 0.6 * 2 / 3)
    assert (opc.basis, opc.provider, opc.substitute, opc.similarity) == (Basis.SUBSTITUTE, "s2", "mqtt", 0.5)
    assert opc.credit == pytest.approx(0.45)
    learn, train = told.counterfactuals  # the new skill is useful too, so it also raises the focus
    assert (learn.skill, learn.from_level, learn.to_level, learn.certified) == ("opc-ua", 0, 2, False)
    assert learn.new_rank is None  # the mandatory skill would still be missing
    assert (train.skill, train.from_level, train.to_level, train.certified) == ("siemens-s7", 2, 3, True)
    assert train.new_rank == 1


def test_a_reached_but_uncertified_level_is_worth_certifying() -> None:
    need = Need("c", 1, (SkillNeed("python", 2, 1.0),), 0, None, None, remote=True)
    team = Supply("t", 1, {"python": Levels(self_rated=4)}, frozenset(), 0, None, None)
    (step,) = explain(need, team, [], TAXONOMY).counterfactuals
    assert (step.from_level, step.to_level, step.certified) == (4, 4, True)
    assert step.gain == pytest.approx(Policy().coverage * 0.1)
    assert score(need, replace(team, skills={"python": Levels(4)}), TAXONOMY, Policy()) == step.new_score
