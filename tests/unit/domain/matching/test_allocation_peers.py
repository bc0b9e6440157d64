"""Allocations against those of others: two published packages and a general solver."""

from collections.abc import Callable

import pytest

from benchmarks.matching_allocation import term
from benchmarks.matching_allocation_peers import by_algmatch, by_highs, by_matching
from domain.matching import (
    Allocation,
    AllocationPolicy,
    Instance,
    Lecturer,
    allocate,
    allocation_costs,
    audit,
)

STABLE = (AllocationPolicy.STUDENT_STABLE, AllocationPolicy.LECTURER_STABLE)
COST = (AllocationPolicy.GREEDY_MAX, AllocationPolicy.GENEROUS_MAX, AllocationPolicy.MIN_COST)
SEEDS = (0, 1, 7, 8)  # on some of them the policies differ


def without_preferences(instance: Instance) -> Instance:
    lecturers = [Lecturer(one.id, one.capacity) for one in instance.lecturers]
    return Instance(instance.students, instance.projects, lecturers)


@pytest.mark.parametrize("policy", STABLE)
@pytest.mark.parametrize("peer", [by_matching, by_algmatch])
def test_stable_allocations_are_those_of_published_packages(
    peer: Callable[[Instance, AllocationPolicy], Allocation], policy: AllocationPolicy
) -> None:
    for seed in SEEDS:
        instance = term(60, seed)
        ours, theirs = allocate(instance, policy), peer(instance, policy)
        assert ours.pairs == theirs.pairs
        assert 0 < ours.size < 60  # somebody is left over: places are scarce enough to be fought for


@pytest.mark.parametrize("policy", COST)
@pytest.mark.parametrize("ranked", [True, False], ids=["ranked", "unranked"])
def test_optimal_profiles_are_those_of_a_general_solver(policy: AllocationPolicy, ranked: bool) -> None:
    for seed in SEEDS:
        instance = term(24, seed) if ranked else without_preferences(term(24, seed))
        ours, theirs = (audit(instance, make(instance, policy)) for make in (allocate, by_highs))
        assert ours.feasible
        assert theirs.feasible
        assert ours.size == theirs.size
        if policy is AllocationPolicy.MIN_COST:
            assert ours.mean_rank == theirs.mean_rank
        else:
            assert ours.profile == theirs.profile


def test_digits_that_are_too_short_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two bits a digit cannot tell some choices apart; the policy's own order notices."""
    policy, refused = AllocationPolicy.GENEROUS_MAX, []
    for instance in (term(60, seed) for seed in SEEDS):
        numbered = instance.numbered
        expected = audit(instance, allocate(instance, policy)).profile
        with monkeypatch.context() as patch:
            steps = allocation_costs.farther(numbered).bit_length()
            patch.setattr(allocation_costs, "BITS", steps + 2 * len(expected))
            digits = allocation_costs.rank_digits(policy, len(expected))
            refused.append(allocation_costs.by_short_numbers(numbered, digits) is None)
            assert audit(instance, allocate(instance, policy)).profile == expected
    assert any(refused)
    assert not all(refused)


def test_the_cost_policies_differ_on_these_instances() -> None:
    """Otherwise the comparison above could not tell one policy from another."""
    profiles = [
        tuple(audit(instance, allocate(instance, policy)).profile for policy in COST)
        for instance in map(without_preferences, (term(24, seed) for seed in SEEDS))
    ]
    assert any(len(set(found)) == len(COST) for found in profiles)
