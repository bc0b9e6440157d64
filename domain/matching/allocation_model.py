"""A term's allocation: students (or teams) want projects, which belong to lecturers; both have capacities."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import compress, count

from domain.matching.errors import InvalidInstance


class AllocationPolicy(StrEnum):
    """What an allocation aims at.

    `STUDENT_STABLE` and `LECTURER_STABLE` leave no pair that would rather be together, at the best for one
    side. The others find as many places as possible and then: `GREEDY_MAX` the most first choices, then
    second ones and so on; `GENEROUS_MAX` the fewest of the worst choice, then of the next worst and so on;
    `MIN_COST` the smallest sum of ranks.
    """

    STUDENT_STABLE = "student_stable"
    LECTURER_STABLE = "lecturer_stable"
    GREEDY_MAX = "greedy_max"
    GENEROUS_MAX = "generous_max"
    MIN_COST = "min_cost"


@dataclass(frozen=True, slots=True)
class Student:
    """Somebody to place; `preferences` are project ids, best first, and may be few or none."""

    id: str
    preferences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Project:
    """A project with places; `lecturer` is responsible for it. With capacity 0 nobody gets it."""

    id: str
    lecturer: str
    capacity: int = 1


@dataclass(frozen=True, slots=True)
class Lecturer:
    """A mentor who takes at most `capacity` students over all projects.

    `preferences` are student ids, best first; a student who is not among them is not acceptable. None means
    no preferences: everybody is acceptable, but no stable policy can be used.
    """

    id: str
    capacity: int
    preferences: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Instance:
    """An allocation problem, checked when it is made.

    Raises InvalidInstance for ids that are there twice or unknown, for preferences that repeat somebody, and
    for capacities below 0.
    """

    students: Sequence[Student]
    projects: Sequence[Project]
    lecturers: Sequence[Lecturer]

    def __post_init__(self) -> None:
        students = _distinct("students", [student.id for student in self.students])
        projects = _distinct("projects", [project.id for project in self.projects])
        lecturers = _distinct("lecturers", [lecturer.id for lecturer in self.lecturers])
        for student in self.students:
            _check_list(f"students.{student.id}.preferences", student.preferences, projects)
        for project in self.projects:
            _check_capacity(f"projects.{project.id}", project.capacity)
            if project.lecturer not in lecturers:
                raise InvalidInstance(f"projects.{project.id}.lecturer", "unknown", project.lecturer)
        for lecturer in self.lecturers:
            _check_capacity(f"lecturers.{lecturer.id}", lecturer.capacity)
            if lecturer.preferences is not None:
                _check_list(f"lecturers.{lecturer.id}.preferences", lecturer.preferences, students)

    @cached_property
    def numbered(self) -> "Numbered":
        """The same with numbers in the place of ids, and with only acceptable pairs."""
        student_of = {student.id: number for number, student in enumerate(self.students)}
        project_of = {project.id: number for number, project in enumerate(self.projects)}
        lecturer_of = {lecturer.id: number for number, lecturer in enumerate(self.lecturers)}
        owner = [lecturer_of[project.lecturer] for project in self.projects]
        ranks = [
            None
            if lecturer.preferences is None
            else {student_of[id_]: rank for rank, id_ in enumerate(lecturer.preferences)}
            for lecturer in self.lecturers
        ]
        everybody = range(len(self.students))
        accepted = [everybody if rank is None else rank for rank in ranks]
        accepted_by = [accepted[lecturer] for lecturer in owner]
        lists, choices = [], []
        for number, student in enumerate(self.students):
            wanted = list(map(project_of.__getitem__, student.preferences))
            accepts = [number in accepted_by[project] for project in wanted]
            lists.append(list(compress(wanted, accepts)))
            choices.append(list(compress(count(1), accepts)))
        return Numbered(
            lists,
            choices,
            owner,
            [project.capacity for project in self.projects],
            [lecturer.capacity for lecturer in self.lecturers],
            ranks,
        )


@dataclass(frozen=True, slots=True)
class Numbered:
    """An instance by numbers; `choices` are ranks (from 1) in a student's own list, `ranks` a lecturer's."""

    lists: list[list[int]]
    choices: list[list[int]]
    owner: list[int]
    project_capacity: list[int]
    lecturer_capacity: list[int]
    ranks: list[dict[int, int] | None]


@dataclass(frozen=True, slots=True)
class Allocation:
    """Who gets what: each student's id with a project's id, or None."""

    policy: AllocationPolicy | None
    pairs: dict[str, str | None] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many have a project."""
        return sum(project is not None for project in self.pairs.values())


def _distinct(field_name: str, ids: list[str]) -> frozenset[str]:
    for id_, times in Counter(ids).items():
        if times > 1:
            raise InvalidInstance(field_name, "repeated", id_)
    return frozenset(ids)


def _check_list(field_name: str, ids: tuple[str, ...], known: frozenset[str]) -> None:
    if len(set(ids)) < len(ids):
        raise InvalidInstance(field_name, "repeated", next(i for i, n in Counter(ids).items() if n > 1))
    if not known.issuperset(ids):
        raise InvalidInstance(field_name, "unknown", next(id_ for id_ in ids if id_ not in known))


def _check_capacity(field_name: str, capacity: int) -> None:
    if capacity < 0:
        raise InvalidInstance(f"{field_name}.capacity", "below zero", capacity)
