"""A term's allocation by others: PyPI's `matching` and `algmatch`, and HiGHS on a plain formulation."""

import sys
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from domain.matching import Allocation, AllocationPolicy, Instance

DEEP_STACK, DEEP_CALLS = 1 << 29, 1_000_000
STABLE_SIDES = {
    AllocationPolicy.STUDENT_STABLE: ("student", "students"),
    AllocationPolicy.LECTURER_STABLE: ("supervisor", "lecturers"),
}


def by_matching(instance: Instance, policy: AllocationPolicy) -> Allocation:
    """A stable allocation by `matching`, whose warnings about unusual capacities are left aside."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from matching.games import StudentAllocation  # its modules warn when they are first compiled

        warnings.simplefilter("ignore")  # which they undo
        game = _deep(
            StudentAllocation.create_from_dictionaries,
            {student.id: list(student.preferences) for student in instance.students},
            {lecturer.id: list(lecturer.preferences or ()) for lecturer in instance.lecturers},
            {project.id: project.lecturer for project in instance.projects},
            {project.id: project.capacity for project in instance.projects},
            {lecturer.id: lecturer.capacity for lecturer in instance.lecturers},
        )
        solved = game.solve(optimal=STABLE_SIDES[policy][0])
    pairs: dict[str, str | None] = dict.fromkeys(student.id for student in instance.students)
    pairs.update((student.name, project.name) for project, held in solved.items() for student in held)
    return Allocation(policy, pairs)


def _deep(call: Callable[..., Any], *arguments: object) -> Any:
    """Call with room for the recursion through all players with which `matching` copies its input."""
    limit, size = sys.getrecursionlimit(), threading.stack_size(DEEP_STACK)
    sys.setrecursionlimit(DEEP_CALLS)
    try:
        with ThreadPoolExecutor(1) as one_thread:
            return one_thread.submit(call, *arguments).result()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)


def by_algmatch(instance: Instance, policy: AllocationPolicy) -> Allocation:
    """A stable allocation by `algmatch`, which numbers everything from 1."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from algmatch import StudentProjectAllocation  # its modules warn when they are first compiled

        solver = StudentProjectAllocation(
            dictionary=_numbered(instance), optimised_side=STABLE_SIDES[policy][1]
        )
        solved = solver.get_stable_matching()
    got = solved["student_sided"]
    return Allocation(
        policy,
        {
            student.id: instance.projects[int(got[f"s{place}"][1:]) - 1].id if got.get(f"s{place}") else None
            for place, student in enumerate(instance.students, start=1)
        },
    )


def _numbered(instance: Instance) -> dict[str, dict[int, Any]]:
    students = _numbers(student.id for student in instance.students)
    projects = _numbers(project.id for project in instance.projects)
    lecturers = _numbers(lecturer.id for lecturer in instance.lecturers)
    return {
        "students": {
            students[one.id]: [projects[id_] for id_ in one.preferences] for one in instance.students
        },
        "projects": {
            projects[one.id]: {"capacity": one.capacity, "lecturer": lecturers[one.lecturer]}
            for one in instance.projects
        },
        "lecturers": {
            lecturers[one.id]: {
                "capacity": one.capacity,
                "preferences": [students[id_] for id_ in one.preferences or ()],
            }
            for one in instance.lecturers
        },
    }


def _numbers(ids: Iterable[str]) -> dict[str, int]:
    return {id_: number for number, id_ in enumerate(ids, start=1)}


def by_highs(instance: Instance, policy: AllocationPolicy) -> Allocation:
    """The optimum of a cost policy: goal after goal, each kept while the next one is sought."""
    pairs = _acceptable(instance)
    if not pairs:
        return Allocation(policy, dict.fromkeys(student.id for student in instance.students))
    program = _Program(instance, pairs)
    ranks = np.array([pair.rank for pair in pairs])
    if policy is AllocationPolicy.MIN_COST:
        # No sum of ranks outweighs one more student.
        chosen = program.least(ranks - (1.0 + len(instance.students) * ranks.max()))
    else:
        chosen = program.least(-np.ones(len(pairs)))
        for rank in range(1, ranks.max() + 1):
            if policy is AllocationPolicy.GREEDY_MAX:
                chosen = program.least(-(ranks == rank).astype(float))
            else:
                chosen = program.least((ranks == 1 + ranks.max() - rank).astype(float))
    got: dict[str, str | None] = dict.fromkeys(student.id for student in instance.students)
    got.update((pair.student, pair.project) for pair, taken in zip(pairs, chosen, strict=True) if taken)
    return Allocation(policy, got)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A student and a project who accept each other, and the project's place in the student's list."""

    student: str
    project: str
    lecturer: str
    rank: int


def _acceptable(instance: Instance) -> list[_Pair]:
    lecturer_of = {project.id: project.lecturer for project in instance.projects}
    takes = {
        one.id: None if one.preferences is None else frozenset(one.preferences) for one in instance.lecturers
    }
    return [
        _Pair(student.id, project, lecturer_of[project], rank)
        for student in instance.students
        for rank, project in enumerate(student.preferences, start=1)
        if (accepted := takes[lecturer_of[project]]) is None or student.id in accepted
    ]


class _Program:
    """A 0/1 variable for each pair, and a limit for each student, project and lecturer."""

    def __init__(self, instance: Instance, pairs: Sequence[_Pair]) -> None:
        limits = Counter({("student", one.id): 1 for one in instance.students})
        limits.update({("project", one.id): one.capacity for one in instance.projects})
        limits.update({("lecturer", one.id): one.capacity for one in instance.lecturers})
        row_of = {key: row for row, key in enumerate(limits)}
        rows = [
            row_of[key]
            for pair in pairs
            for key in (("student", pair.student), ("project", pair.project), ("lecturer", pair.lecturer))
        ]
        columns = np.repeat(np.arange(len(pairs)), 3)
        shape = (len(row_of), len(pairs))
        self._rows = csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
        self._upper = np.array(list(limits.values()), dtype=float)

    def least(self, costs: NDArray[np.float64]) -> NDArray[np.bool_]:
        """The choice at the least cost; from now on choices have to keep this cost."""
        solved = milp(
            costs,
            integrality=np.ones(len(costs)),
            bounds=(0, 1),
            constraints=LinearConstraint(self._rows, ub=self._upper),
            options={"mip_rel_gap": 0.0},
        )
        if not solved.success:
            raise RuntimeError(solved.message)
        chosen: NDArray[np.bool_] = solved.x > 0.5
        self._rows = vstack([self._rows, costs[np.newaxis, :]], format="csr")
        self._upper = np.append(self._upper, costs @ chosen)
        return chosen
