"""Allocating a term's projects by a policy, and all policies side by side."""

from domain.matching.allocation_costs import cheapest
from domain.matching.allocation_model import Allocation, AllocationPolicy, Instance
from domain.matching.allocation_stable import lecturer_stable, student_stable
from domain.matching.errors import InvalidPolicy, PreferencesMissing


def allocate(instance: Instance, policy: AllocationPolicy | str) -> Allocation:
    """Place the students by a policy. Whoever finds no acceptable place is paired with None.

    A student and a project are acceptable to each other if the student lists the project and its lecturer
    lists the student or has no preferences. Ranks count places in the student's own list. Where several
    allocations are equally good, the order of the instance decides. Raises InvalidPolicy for a name that
    is none, and PreferencesMissing where a stable policy is asked for and a lecturer has no preferences.
    """
    policy = _policy(policy)
    numbered = instance.numbered
    if policy in (AllocationPolicy.STUDENT_STABLE, AllocationPolicy.LECTURER_STABLE):
        for lecturer, rank in zip(instance.lecturers, numbered.ranks, strict=True):
            if rank is None:
                raise PreferencesMissing(lecturer.id)
        ranks = [rank for rank in numbered.ranks if rank is not None]
        stable = student_stable if policy is AllocationPolicy.STUDENT_STABLE else lecturer_stable
        got = stable(numbered, ranks)
    else:
        got = cheapest(numbered, policy)
    pairs = {
        student.id: None if project < 0 else instance.projects[project].id
        for student, project in zip(instance.students, got, strict=True)
    }
    return Allocation(policy, pairs)


def allocate_all(instance: Instance) -> dict[AllocationPolicy, Allocation]:
    """Every policy that the instance allows, to compare their prices with `audit`."""
    stable = {AllocationPolicy.STUDENT_STABLE, AllocationPolicy.LECTURER_STABLE}
    ranked = all(lecturer.preferences is not None for lecturer in instance.lecturers)
    return {
        policy: allocate(instance, policy) for policy in AllocationPolicy if ranked or policy not in stable
    }


def _policy(name: str) -> AllocationPolicy:
    try:
        return AllocationPolicy(name)
    except ValueError:
        raise InvalidPolicy(field="policy", value=name, known=list(AllocationPolicy)) from None
