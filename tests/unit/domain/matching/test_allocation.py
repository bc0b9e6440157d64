"""Allocations against their definitions: every allocation of small instances is tried."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.matching import allocation_costs
from domain.matching.allocation import allocate, allocate_all
from domain.matching.allocation_audit import Audit, audit
from domain.matching.allocation_model import (
    Allocation,
    AllocationPolicy,
    Instance,
    Lecturer,
    Project,
    Student,
)
from domain.matching.errors import InvalidInstance, InvalidPolicy, PreferencesMissing

STUDENTS = ("s1", "s2", "s3", "s4")
PROJECTS = ("p1", "p2", "p3")
LECTURERS = ("l1", "l2")
COST_POLICIES = (AllocationPolicy.GREEDY_MAX, AllocationPolicy.GENEROUS_MAX, AllocationPolicy.MIN_COST)


@st.composite
def instances(draw: st.DrawFn, with_preferences: bool = True) -> Instance:
    count = draw(st.integers(0, len(STUDENTS)))
    some_projects = st.lists(st.sampled_from(PROJECTS), unique=True, max_size=3)
    students = [Student(id_, tuple(draw(some_projects))) for id_ in STUDENTS[:count]]
    projects = [Project(id_, draw(st.sampled_from(LECTURERS)), draw(st.integers(0, 2))) for id_ in PROJECTS]
    lecturers = []
    for id_ in LECTURERS:
        ranked = tuple(draw(st.permutations(STUDENTS[:count])))
        shown = ranked[: draw(st.sampled_from([count, count, max(0, count - 1)]))]
        absent = not with_preferences and draw(st.booleans())
        lecturers.append(Lecturer(id_, draw(st.integers(0, 3)), None if absent else shown))
    return Instance(students, projects, lecturers)


def every_allocation(instance: Instance) -> Iterator[Audit]:
    """The audits of all feasible allocations."""
    options = [(None, *student.preferences) for student in instance.students]
    ids = [student.id for student in instance.students]
    for choice in product(*options):
        found = audit(instance, Allocation(None, dict(zip(ids, choice, strict=True))))
        if found.feasible:
            yield found


def stable_allocations(instance: Instance) -> list[dict[str, str | None]]:
    options = [(None, *student.preferences) for student in instance.students]
    ids = [student.id for student in instance.students]
    found = []
    for choice in product(*options):
        pairs = dict(zip(ids, choice, strict=True))
        checked = audit(instance, Allocation(None, pairs))
        if checked.feasible and not checked.blocking_pairs:
            found.append(pairs)
    return found


def rank_of(student: Student, project: str | None) -> int:
    return len(student.preferences) if project is None else student.preferences.index(project)


@given(instances())
@settings(deadline=None, max_examples=150)
def test_stable_allocations_are_stable_and_the_best_or_worst_for_students(instance: Instance) -> None:
    stable = stable_allocations(instance)
    best = allocate(instance, AllocationPolicy.STUDENT_STABLE).pairs
    worst = allocate(instance, AllocationPolicy.LECTURER_STABLE).pairs
    assert best in stable
    assert worst in stable
    for student in instance.students:
        ranks = [rank_of(student, pairs[student.id]) for pairs in stable]
        assert rank_of(student, best[student.id]) == min(ranks)
        assert rank_of(student, worst[student.id]) == max(ranks)


def worth(policy: AllocationPolicy, found: Audit) -> tuple[float, ...]:
    """What a policy compares, the smaller the better, straight from its definition."""
    if policy is AllocationPolicy.GREEDY_MAX:
        return (-found.size, *(-count for count in found.profile))
    if policy is AllocationPolicy.GENEROUS_MAX:
        return (-found.size, *reversed(found.profile))
    return (-found.size, sum(rank * count for rank, count in enumerate(found.profile, start=1)))


@pytest.mark.parametrize("policy", COST_POLICIES)
@pytest.mark.parametrize("way", [{}, {"KERNELS": False}, {"FEWEST_BITS": 62}], ids=["short", "plain", "long"])
@given(instance=instances(with_preferences=False))
@settings(deadline=None, max_examples=100)
def test_cost_policies_reach_the_optimum(
    policy: AllocationPolicy, way: dict[str, object], instance: Instance
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in way.items():
            patch.setattr(allocation_costs, name, value)
        found = audit(instance, allocate(instance, policy))
    assert found.feasible, found.violations
    assert worth(policy, found) == min(worth(policy, other) for other in every_allocation(instance))


@pytest.mark.parametrize("policy", AllocationPolicy)
def test_nobody_and_nothing_are_allocated(policy: AllocationPolicy) -> None:
    student, project, lecturer = Student("s", ()), Project("p", "l"), Lecturer("l", 1, ())
    for students in ([], [student]):
        for projects, lecturers in (([], []), ([], [lecturer]), ([project], [lecturer])):
            found = allocate(Instance(students, projects, lecturers), policy)
            assert found.pairs == {one.id: None for one in students}


def test_policies_side_by_side() -> None:
    students = [Student(f"s{n}", tuple(f"p{(n * k) % 7}" for k in (1, 2, 4))) for n in range(1, 7)]
    projects = [Project(f"p{n}", f"l{n % 3}", 1) for n in range(7)]
    lecturers = [Lecturer(f"l{n}", 2, tuple(f"s{m}" for m in range(1, 7))) for n in range(3)]
    instance = Instance(students, projects, lecturers)
    found = {policy: audit(instance, one) for policy, one in allocate_all(instance).items()}
    assert set(found) == set(AllocationPolicy)
    assert found[AllocationPolicy.STUDENT_STABLE].blocking_pairs == ()
    assert found[AllocationPolicy.MIN_COST].size == 6
    assert all(one.feasible for one in found.values())


def test_bad_instances_are_named() -> None:
    student, project, lecturer = Student("s", ("p",)), Project("p", "l"), Lecturer("l", 1, ("s",))
    Instance([student], [project], [lecturer])
    for students, projects, lecturers, field in [
        ([student, student], [project], [lecturer], "students"),
        ([Student("s", ("q",))], [project], [lecturer], "students.s.preferences"),
        ([Student("s", ("p", "p"))], [project], [lecturer], "students.s.preferences"),
        ([student], [Project("p", "m")], [lecturer], "projects.p.lecturer"),
        ([student], [Project("p", "l", -1)], [lecturer], "projects.p.capacity"),
        ([student], [project], [Lecturer("l", 1, ("t",))], "lecturers.l.preferences"),
    ]:
        with pytest.raises(InvalidInstance) as found:
            Instance(students, projects, lecturers)
        assert found.value.field == field


def test_stable_policies_need_preferences() -> None:
    instance = Instance([Student("s", ("p",))], [Project("p", "l")], [Lecturer("l", 1)])
    with pytest.raises(PreferencesMissing):
        allocate(instance, AllocationPolicy.STUDENT_STABLE)
    assert set(allocate_all(instance)) == set(COST_POLICIES)
    assert allocate(instance, AllocationPolicy.MIN_COST).pairs == {"s": "p"}


@pytest.mark.parametrize("policy", AllocationPolicy)
def test_a_policy_is_known_by_its_name(policy: AllocationPolicy) -> None:
    instance = Instance(
        [Student("s", ("p", "q")), Student("t", ("p",))],
        [Project("p", "l"), Project("q", "l")],
        [Lecturer("l", 2, ("s", "t"))],
    )
    assert allocate(instance, policy.value) == allocate(instance, policy)


def test_an_unknown_policy_is_named() -> None:
    with pytest.raises(InvalidPolicy) as found:
        allocate(Instance([], [], []), "cheapest")
    assert found.value.details["value"] == "cheapest"


def test_the_audit_reports_what_is_wrong() -> None:
    instance = Instance(
        [Student("s", ("p",)), Student("t", ("p",))], [Project("p", "l")], [Lecturer("l", 1, ("t", "s"))]
    )
    both = audit(instance, Allocation(None, {"s": "p", "t": "p"}))
    assert len(both.violations) == 2
    worse = audit(instance, Allocation(None, {"s": "p", "t": None}))
    assert (worse.feasible, worse.blocking_pairs, worse.envious) == (True, (("t", "p"),), 1)
    assert audit(instance, Allocation(None, {"s": "q"})).violations == (
        "t: not in the allocation",
        "s, q: unknown",
    )
