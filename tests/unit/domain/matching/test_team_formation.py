"""Formed teams against every possible team, and who should join."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.matching.errors import InvalidTeamRules, NoTeamPossible
from domain.matching.model import Member, Need, Policy, SkillNeed, Supply
from domain.matching.profile import team_skills
from domain.matching.score import score, terms
from domain.matching.team_formation import Candidate, TeamRules, best_joiners, form_team
from tests.unit.domain.matching.instances import TAXONOMY, codes, needs, policies, supplies

IDS = [f"s{number}" for number in range(9)]


@st.composite
def candidate_lists(draw: st.DrawFn) -> list[Candidate]:
    skills = st.dictionaries(codes, st.tuples(st.integers(1, 5), st.booleans()), max_size=4)
    return [
        Candidate(
            Member(id_, "学生", "student", draw(skills)),
            draw(st.sampled_from(["college", "north"])),
            draw(st.sampled_from([None, "mechanic", "coder"])),
            draw(st.sampled_from([2.0, 6.0])),
        )
        for id_ in IDS[: draw(st.integers(1, len(IDS)))]
    ]


rule_sets = st.builds(
    TeamRules,
    smallest=st.integers(1, 2),
    largest=st.integers(2, 4),
    never_together=st.frozensets(st.frozensets(st.sampled_from(IDS), min_size=2, max_size=2), max_size=4),
    schools=st.integers(0, 2),
    roles=st.integers(0, 2),
    hours_per_week=st.sampled_from([0.0, 4.0]),
)


def coverage(team: tuple[Candidate, ...], need: Need, policy: Policy) -> float:
    skills = team_skills([one.member for one in team])
    return terms(need, Supply("t", 1, skills, frozenset(), 0, None, None), TAXONOMY, policy).coverage


def keeps(team: tuple[Candidate, ...], rules: TeamRules) -> bool:
    ids = {one.id for one in team}
    return (
        rules.include <= ids
        and not any(pair <= ids for pair in rules.never_together)
        and len({one.school for one in team}) >= rules.schools
        and len({one.role for one in team} - {None}) >= rules.roles
        and all(one.hours_per_week >= rules.hours_per_week for one in team)
    )


@given(candidates=candidate_lists(), need=needs(), rules=rule_sets, policy=policies)
@settings(deadline=None, max_examples=200)
def test_no_other_team_covers_more(
    candidates: list[Candidate], need: Need, rules: TeamRules, policy: Policy
) -> None:
    teams = [
        team
        for size in range(rules.smallest, rules.largest + 1)
        for team in combinations(candidates, size)
        if keeps(team, rules)
    ]
    if not teams:
        with pytest.raises(NoTeamPossible):
            form_team(candidates, need, TAXONOMY, rules, policy)
        return
    found = form_team(candidates, need, TAXONOMY, rules, policy)
    chosen = tuple(one for one in candidates if one.id in found.students)
    assert keeps(chosen, rules)
    assert found.optimal
    assert found.coverage == pytest.approx(coverage(chosen, need, policy))
    assert found.coverage == pytest.approx(max(coverage(team, need, policy) for team in teams))
    assert found.bound == found.coverage


@given(candidates=candidate_lists(), need=needs(), steps=st.integers(1, 6))
@settings(deadline=None)
def test_a_search_that_was_cut_short_says_how_far_off_it_may_be(
    candidates: list[Candidate], need: Need, steps: int
) -> None:
    cut = form_team(candidates, need, TAXONOMY, most_steps=steps)
    best = form_team(candidates, need, TAXONOMY)
    assert cut.coverage <= best.coverage + 1e-9 <= cut.bound + 2e-9
    assert not cut.optimal or cut.coverage == pytest.approx(best.coverage)


def test_who_is_included_stays_in() -> None:
    need = Need("c", 1, (SkillNeed("python", 3, 1.0),), 0, None, None, True)
    weak = Candidate(Member("a", "甲", "A", {"git": (1, False)}), "college")
    strong = Candidate(Member("b", "乙", "B", {"python": (3, True)}), "college")
    found = form_team([weak, strong], need, TAXONOMY, TeamRules(include=frozenset({"a"}), largest=2))
    assert (found.students, found.coverage) == (("a", "b"), 1.0)
    assert form_team([weak, strong], need, TAXONOMY).students == ("b",)


@pytest.mark.parametrize(
    "rules",
    [
        TeamRules(smallest=0),
        TeamRules(smallest=4, largest=3),
        TeamRules(include=frozenset({"z"})),
        TeamRules(include=frozenset({"a", "b"}), largest=1),
        TeamRules(include=frozenset({"a", "b"}), never_together=frozenset({frozenset({"a", "b"})})),
    ],
)
def test_rules_that_contradict_themselves_are_named(rules: TeamRules) -> None:
    need = Need("c", 1, (SkillNeed("python", 3, 1.0),), 0, None, None, True)
    candidates = [Candidate(Member(id_, "甲", "A", {}), "college") for id_ in ("a", "b")]
    with pytest.raises(InvalidTeamRules):
        form_team(candidates, need, TAXONOMY, rules)


@given(team=supplies, candidates=candidate_lists(), need=needs())
@settings(deadline=None)
def test_joiners_are_ordered_by_what_the_team_would_score(
    team: Supply, candidates: list[Candidate], need: Need
) -> None:
    found = best_joiners(team, candidates, need, TAXONOMY, k=4)
    assert len(found) == min(4, len(candidates))
    now = score(need, team, TAXONOMY, Policy())
    assert all(joiner.gain == joiner.score - now for joiner in found)
    assert [joiner.score for joiner in found] == sorted((one.score for one in found), reverse=True)
