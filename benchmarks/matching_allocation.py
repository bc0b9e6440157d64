"""A term's allocation for 5,000 students, beside `matching`, `algmatch` and a general solver."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks.matching_allocation_peers import by_algmatch, by_highs, by_matching
from benchmarks.matching_timing import Call, at_most, best_of
from benchmarks.report import Figure
from domain.matching import (
    Allocation,
    AllocationPolicy,
    Instance,
    Lecturer,
    Project,
    Student,
    allocate,
    audit,
)

STUDENTS = 5_000
ROUNDS = 5
Peer = Callable[[Instance, AllocationPolicy], Allocation]


def term(students: int, seed: int = 0) -> Instance:
    """A term with half as many projects as students and a tenth as many lecturers; lists of 5 to 10.

    Some projects are far more popular than others. Every lecturer ranks whoever lists one of the own
    projects, and takes as many as the largest of them at least and all of them together at most.
    """
    random = np.random.default_rng([seed, students])
    projects, lecturers = max(10, students // 2), max(2, students // 10)
    capacities = random.integers(1, 5, projects)
    owners = np.arange(projects) % lecturers
    popularity = 1 / (random.permutation(projects) + projects / 10)
    until = np.cumsum(popularity) / popularity.sum()
    lists = [
        list(dict.fromkeys(np.searchsorted(until, random.random(40)).tolist()))[: random.integers(5, 11)]
        for _ in range(students)
    ]
    wishers: list[dict[int, None]] = [{} for _ in range(lecturers)]
    for student in random.permutation(students).tolist():
        for project in lists[student]:
            wishers[owners[project]][student] = None
    room = [
        int(random.integers(own.max(), own.sum() + 1))
        for own in (capacities[owners == lecturer] for lecturer in range(lecturers))
    ]
    return Instance(
        [Student(f"s{number}", tuple(f"p{one}" for one in wanted)) for number, wanted in enumerate(lists)],
        [Project(f"p{number}", f"l{owners[number]}", int(capacities[number])) for number in range(projects)],
        [
            Lecturer(f"l{number}", room[number], tuple(f"s{one}" for one in wishers[number]))
            for number in range(lecturers)
        ],
    )


def figures(students: int = STUDENTS) -> list[Figure]:
    """The rows of allocations."""
    instance = term(students)
    unranked = Instance(
        instance.students, instance.projects, [replace(one, preferences=None) for one in instance.lecturers]
    )
    stable, cheapest = AllocationPolicy.STUDENT_STABLE, AllocationPolicy.MIN_COST
    of = f"n = {students:,}, checks included"
    return [
        _beside(f"{stable}, {of}", instance, stable, 100, "PyPI matching", by_matching),
        _beside(f"{stable}, {of}", instance, stable, 100, "PyPI algmatch", by_algmatch),
        _beside(f"{cheapest}, {of}", unranked, cheapest, 120, "scipy milp (HiGHS)", by_highs),
    ]


def _beside(
    what: str, instance: Instance, policy: AllocationPolicy, limit: float, name: str, peer: Peer
) -> Figure:
    """One row; both start from the same texts; the peer, which takes seconds, is called once."""
    (mine,) = best_of(ROUNDS, [(_from_nothing(instance, policy),)])
    started = time.perf_counter()
    theirs = peer(instance, policy)
    its = (time.perf_counter() - started) * 1e3
    _compare(instance, allocate(instance, policy), theirs)
    return at_most(what, mine.milliseconds(50), "ms", limit, name, its)


def _from_nothing(instance: Instance, policy: AllocationPolicy) -> Call:
    return lambda: allocate(Instance(instance.students, instance.projects, instance.lecturers), policy)


def _compare(instance: Instance, ours: Allocation, theirs: Allocation) -> None:
    """Raises AssertionError unless both are feasible and equally good."""
    mine, its = audit(instance, ours), audit(instance, theirs)
    assert mine.feasible
    assert its.feasible
    if ours.policy is AllocationPolicy.STUDENT_STABLE:
        assert ours.pairs == theirs.pairs
        assert not mine.blocking_pairs
    else:
        assert (mine.size, mine.mean_rank) == (its.size, its.mean_rank)
