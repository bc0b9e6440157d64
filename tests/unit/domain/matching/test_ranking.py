"""Both indexes against the oracle: ids, order and scores are identical, bit by bit."""

from collections.abc import Iterable
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.matching import compaction
from domain.matching.compaction import RECENT_LIMIT
from domain.matching.index import ChallengeIndex, TeamIndex
from domain.matching.model import Hit, Levels, Need, Policy, SkillNeed, Supply, TeamRow
from domain.matching.profile import pack_profile
from domain.matching.ranking import Places
from domain.matching.score import gates, score
from tests.unit.domain.matching.instances import (
    TAXONOMY,
    arrays_of,
    ids,
    many_needs,
    many_teams,
    need_lists,
    needs,
    policies,
    schools,
    supplies,
    supply_lists,
)

Scored = Iterable[tuple[str, float]]
both_engines = pytest.mark.parametrize("compiled_from", [None, 0], ids=["plain", "compiled"])


def ranked(scored: Scored, k: int) -> list[Hit]:
    ordered = sorted(scored, key=lambda one: (-one[1], one[0]))[:k]
    return [Hit(key, value, place) for place, (key, value) in enumerate(ordered, start=1)]


def teams_by_oracle(need: Need, teams: Iterable[Supply], policy: Policy, full: frozenset[str]) -> Scored:
    return [
        (team.team_id, score(need, team, TAXONOMY, policy)) for team in teams if not gates(need, team, full)
    ]


@both_engines
@given(need=needs(), teams=supply_lists(), policy=policies, full=schools, k=st.integers(1, 25))
@settings(max_examples=150, deadline=None)
def test_teams_are_ranked_as_the_formula_says(
    compiled_from: int | None,
    need: Need,
    teams: list[Supply],
    policy: Policy,
    full: frozenset[str],
    k: int,
) -> None:
    index = TeamIndex.build(teams, TAXONOMY, compiled_from)
    expected = teams_by_oracle(need, teams, policy, full)
    assert index.rank(need, k, policy, full_schools=full) == ranked(expected, k)
    assert index.count_eligible(need, full_schools=full) == len(list(expected))
    wanted = {team.team_id: None for team in teams} | {"nobody": None}
    assert index.score(need, wanted, policy, full_schools=full) == wanted | dict(expected)


@given(supply=supplies, challenges=need_lists(), policy=policies, full=schools, k=st.integers(1, 25))
@settings(max_examples=150, deadline=None)
def test_challenges_are_ranked_as_the_formula_says(
    supply: Supply, challenges: list[Need], policy: Policy, full: frozenset[str], k: int
) -> None:
    index = ChallengeIndex.build(challenges, TAXONOMY)
    expected = {
        need.challenge_id: score(need, supply, TAXONOMY, policy)
        for need in challenges
        if not gates(need, supply, full)
    }
    assert index.rank(supply, k, policy, full_schools=full) == ranked(expected.items(), k)
    wanted = {need.challenge_id: None for need in challenges} | {"nothing": None}
    assert index.score(supply, wanted, policy, full_schools=full) == wanted | expected


@given(need=needs(), teams=supply_lists(), shuffled=st.randoms(use_true_random=False))
def test_the_order_of_input_changes_nothing(need: Need, teams: list[Supply], shuffled: st.DataObject) -> None:
    before = TeamIndex.build(teams, TAXONOMY).rank(need, 25)
    other = list(teams)
    shuffled.shuffle(other)  # type: ignore[attr-defined]
    assert TeamIndex.build(other, TAXONOMY).rank(need, 25) == before


@both_engines
@given(
    need=needs(),
    teams=supply_lists(),
    changes=st.lists(supplies | st.sampled_from(["t01", "t02", "t03"]), max_size=12),
    compacting=st.booleans(),
)
@settings(deadline=None)
def test_a_changed_index_ranks_as_a_new_one(
    compiled_from: int | None,
    need: Need,
    teams: list[Supply],
    changes: list[Supply | str],
    compacting: bool,
) -> None:
    index = TeamIndex.build(teams, TAXONOMY, compiled_from)
    living = {team.team_id: team for team in teams}
    for change in changes:
        if isinstance(change, str):
            index.remove(change)
            living.pop(change, None)
        else:
            index.upsert(change)
            living[change.team_id] = change
    if compacting:
        index.compact()
    assert len(index) == len(living)
    expected = teams_by_oracle(need, living.values(), Policy(), frozenset())
    hits = index.rank(need, 25)
    assert hits == ranked(expected, 25)
    floor = min((hit.score for hit in hits), default=0.0)
    for standing in (index.standing(need), index.standing(need, floor=floor), Places(hits)):
        assert [standing.rank_at(hit.id, hit.score) for hit in hits] == [hit.rank for hit in hits]


@both_engines
@given(
    need=needs(),
    teams=supply_lists(),
    changes=st.lists(supplies | ids, min_size=20, max_size=60),
)
@settings(max_examples=60)
def test_changes_go_on_while_the_index_compacts_itself(
    compiled_from: int | None, need: Need, teams: list[Supply], changes: list[Supply | str]
) -> None:
    index = TeamIndex.build(teams, TAXONOMY, compiled_from)
    living = {team.team_id: team for team in teams}
    with patch.object(compaction, "RECENT_LIMIT", 2), patch.object(compaction, "FAR_BEHIND", 8):
        for change in changes:
            if isinstance(change, str):
                index.remove(change)
                living.pop(change, None)
            else:
                index.upsert(change)
                living[change.team_id] = change
            expected = teams_by_oracle(need, living.values(), Policy(), frozenset())
            assert index.rank(need, 25) == ranked(expected, 25)
    assert len(index) == len(living)
    assert {key: version for key in living if (version := index.version(key))} == {
        key: team.version for key, team in living.items()
    }


@given(supply=supplies, challenges=need_lists(), changes=st.lists(needs() | st.sampled_from(["t01", "t02"])))
@settings(deadline=None)
def test_a_changed_index_of_challenges_ranks_as_a_new_one(
    supply: Supply, challenges: list[Need], changes: list[Need | str]
) -> None:
    index = ChallengeIndex.build(challenges, TAXONOMY)
    living = {need.challenge_id: need for need in challenges}
    for change in changes:
        if isinstance(change, str):
            index.remove(change)
            living.pop(change, None)
        else:
            index.upsert(change)
            living[change.challenge_id] = change
    assert {key: index.need(key) for key in living} == living
    assert index.rank(supply, 50) == ChallengeIndex.build(living.values(), TAXONOMY).rank(supply, 50)


@given(need=needs(), teams=supply_lists())
def test_stored_rows_and_supplies_make_the_same_index(need: Need, teams: list[Supply]) -> None:
    rows = [
        TeamRow(
            team.team_id,
            team.version,
            pack_profile(team.skills),
            tuple(team.schools),
            team.hours_per_week,
            team.city,
            team.province,
            team.available,
        )
        for team in teams
    ]
    built, loaded = TeamIndex.build(teams, TAXONOMY), TeamIndex.from_profiles(rows, TAXONOMY)
    assert loaded.rank(need, 25) == built.rank(need, 25)
    for team in teams:
        assert loaded.supply(team.team_id) == built.supply(team.team_id)
        assert loaded.version(team.team_id) == team.version


@given(need=needs(), teams=supply_lists())
def test_columns_and_supplies_make_the_same_index(need: Need, teams: list[Supply]) -> None:
    built, loaded = TeamIndex.build(teams, TAXONOMY), TeamIndex.from_arrays(arrays_of(teams), TAXONOMY)
    assert loaded.rank(need, 25) == built.rank(need, 25)
    for team in teams:
        assert loaded.supply(team.team_id) == built.supply(team.team_id)
        assert loaded.version(team.team_id) == team.version


@given(need=needs(), team=supplies, policy=policies)
def test_what_the_index_gives_back_scores_the_same(need: Need, team: Supply, policy: Policy) -> None:
    held = TeamIndex.build([team], TAXONOMY).supply(team.team_id)
    assert held is not None
    assert score(need, held, TAXONOMY, policy) == score(need, team, TAXONOMY, policy)
    assert gates(need, held) == gates(need, team)


def test_both_engines_agree_over_several_blocks() -> None:
    """More teams than one block holds, with many ties; every policy, mandatory or not, many places or few."""
    rows = many_teams(70_000, seed=5)
    plain = TeamIndex.from_profiles(rows, TAXONOMY, compiled_from=None)
    compiled = TeamIndex.from_profiles(rows, TAXONOMY, compiled_from=0)
    for number, need in enumerate(many_needs(8, seed=6)):
        policy = (Policy(), Policy(substitutes=False), Policy(coverage=0.0), Policy(cousin=0.5))[number % 4]
        full = frozenset({"north"}) if number % 3 else frozenset[str]()
        expected: list[Hit] = []
        for k in (1, 20, 300):
            expected = plain.rank(need, k, policy, full_schools=full)
            assert compiled.rank(need, k, policy, full_schools=full) == expected
        floor = expected[-1].score
        reached = [
            index.standing(need, policy, full_schools=full, floor=floor) for index in (plain, compiled)
        ]
        assert [reached[0].rank_at(hit.id, hit.score) for hit in expected] == [hit.rank for hit in expected]
        assert [reached[1].rank_at(hit.id, hit.score) for hit in expected] == [hit.rank for hit in expected]


def test_a_need_of_very_many_skills_is_ranked_too() -> None:
    """A byte a row has no room for rounding so many credits up."""
    teams = many_teams(300, seed=3)
    asked = [
        SkillNeed(skill.code, 1 + place % 5, 1 / 100) for place, skill in enumerate(TAXONOMY.skills[:100])
    ]
    need = Need("c", 1, tuple(asked), 4, None, None, True)
    for policy in (Policy(), Policy(substitutes=False)):
        plain = TeamIndex.from_profiles(teams, TAXONOMY, compiled_from=None).rank(need, 20, policy)
        assert TeamIndex.from_profiles(teams, TAXONOMY, compiled_from=0).rank(need, 20, policy) == plain


def test_a_team_with_very_many_skills_is_ranked_too() -> None:
    """The kernel counts in bytes; such an index is ranked in the plain way."""
    skilled = Supply("t", 1, {skill.code: Levels(5) for skill in TAXONOMY}, frozenset(), 4, None, None)
    need = Need("c", 1, (SkillNeed("opc-ua", 3, 1.0),), 4, None, None, True)
    (hit,) = TeamIndex.build([skilled], TAXONOMY, compiled_from=0).rank(need, 1)
    assert hit.score == score(need, skilled, TAXONOMY, Policy())


def test_many_changes_are_folded_into_the_main_part() -> None:
    need = Need("c", 1, (SkillNeed("opc-ua", 3, 1.0),), 4, None, None, True)

    def team(number: int, level: int) -> Supply:
        return Supply(f"t{number:05}", 1, {"opc-ua": Levels(level)}, frozenset(), 4, None, None)

    index = TeamIndex.build([team(number, 1) for number in range(50)], TAXONOMY)
    for number in range(RECENT_LIMIT + 10):
        index.upsert(team(number, 1 + number % 3))
    assert len(index) == RECENT_LIMIT + 10
    assert [hit.id for hit in index.rank(need, 3)] == ["t00002", "t00005", "t00008"]
