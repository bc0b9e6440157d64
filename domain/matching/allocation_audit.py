"""Checking an allocation by the definitions alone; shares no code with the algorithms that make one."""

from collections import Counter
from dataclasses import dataclass

from domain.matching.allocation_model import Allocation, Instance, Lecturer, Project, Student
from domain.matching.exposure import gini


@dataclass(frozen=True, slots=True)
class Audit:
    """What an allocation is worth.

    `violations` says each broken rule (empty = feasible). `profile[r]` counts the students with their choice
    r + 1. `blocking_pairs` are (student, project) pairs that would rather be together (none are counted for
    lecturers without preferences). `envious` counts students who prefer a project that somebody else holds.
    `load_gini` is the inequality of the lecturers' loads as shares of their capacities.
    """

    violations: tuple[str, ...]
    size: int
    profile: tuple[int, ...]
    worst_rank: int | None
    mean_rank: float | None
    blocking_pairs: tuple[tuple[str, str], ...]
    envious: int
    load_gini: float

    @property
    def feasible(self) -> bool:
        """Whether no rule is broken."""
        return not self.violations


def audit(instance: Instance, allocation: Allocation) -> Audit:
    """Check and measure an allocation, whoever made it; a violation is reported, never raised."""
    case = _Case(instance, allocation)
    ranks = sorted(
        student.preferences.index(project) + 1
        for student in instance.students
        if (project := case.held.get(student.id)) is not None and project in student.preferences
    )
    longest = max((len(student.preferences) for student in instance.students), default=0)
    counts = Counter(ranks)
    return Audit(
        tuple(case.violations()),
        len(case.held),
        tuple(counts[rank] for rank in range(1, longest + 1)),
        ranks[-1] if ranks else None,
        sum(ranks) / len(ranks) if ranks else None,
        tuple(case.blocking_pairs()),
        case.envious(),
        gini(
            case.lecturer_load[lecturer.id] / lecturer.capacity
            for lecturer in instance.lecturers
            if lecturer.capacity > 0
        ),
    )


class _Case:
    """An allocation with what the definitions refer to."""

    def __init__(self, instance: Instance, allocation: Allocation) -> None:
        self.instance = instance
        self.pairs = allocation.pairs
        self.students = {student.id: student for student in instance.students}
        self.projects = {project.id: project for project in instance.projects}
        self.lecturers = {lecturer.id: lecturer for lecturer in instance.lecturers}
        self.held = {student: project for student, project in allocation.pairs.items() if project is not None}
        self.project_load = Counter(self.held.values())
        self.lecturer_load = Counter(
            self.projects[project].lecturer for project in self.held.values() if project in self.projects
        )
        self.rank_by_lecturer = {
            lecturer.id: None
            if lecturer.preferences is None
            else {student: rank for rank, student in enumerate(lecturer.preferences)}
            for lecturer in instance.lecturers
        }

    def violations(self) -> list[str]:
        found = [
            f"{student}: not in the allocation" for student in self.students if student not in self.pairs
        ]
        for student, project in self.held.items():
            if student not in self.students or project not in self.projects:
                found.append(f"{student}, {project}: unknown")
            elif not self._acceptable(self.students[student], self.projects[project]):
                found.append(f"{student}, {project}: not acceptable")
        found += [
            f"{project.id}: {self.project_load[project.id]} of {project.capacity} places"
            for project in self.projects.values()
            if self.project_load[project.id] > project.capacity
        ]
        found += [
            f"{lecturer.id}: {self.lecturer_load[lecturer.id]} of {lecturer.capacity} places"
            for lecturer in self.lecturers.values()
            if self.lecturer_load[lecturer.id] > lecturer.capacity
        ]
        return found

    def blocking_pairs(self) -> list[tuple[str, str]]:
        return [
            (student.id, project)
            for student in self.instance.students
            for project in self._preferred(student)
            if self._blocks(student, self.projects[project])
        ]

    def envious(self) -> int:
        return sum(
            any(self.project_load[project] > 0 for project in self._preferred(student))
            for student in self.instance.students
        )

    def _preferred(self, student: Student) -> tuple[str, ...]:
        """The projects that a student lists before the one that he or she has."""
        project = self.held.get(student.id)
        if project is None or project not in student.preferences:
            return student.preferences
        return student.preferences[: student.preferences.index(project)]

    def _acceptable(self, student: Student, project: Project) -> bool:
        ranks = self.rank_by_lecturer[project.lecturer]
        return project.id in student.preferences and (ranks is None or student.id in ranks)

    def _blocks(self, student: Student, project: Project) -> bool:
        """The definition of Abraham, Irving and Manlove (2007), for a project that the student prefers."""
        lecturer = self.lecturers[project.lecturer]
        ranks = self.rank_by_lecturer[lecturer.id]
        if ranks is None or student.id not in ranks:
            return False
        mine = ranks[student.id]
        if self.project_load[project.id] >= project.capacity:
            return any(mine < ranks.get(other, len(ranks)) for other in self._holders(project))
        if self.lecturer_load[lecturer.id] < lecturer.capacity:
            return True
        with_lecturer = self._students_of(lecturer)
        return student.id in with_lecturer or any(
            mine < ranks.get(other, len(ranks)) for other in with_lecturer
        )

    def _holders(self, project: Project) -> list[str]:
        return [student for student, held in self.held.items() if held == project.id]

    def _students_of(self, lecturer: Lecturer) -> list[str]:
        return [
            student
            for student, held in self.held.items()
            if held in self.projects and self.projects[held].lecturer == lecturer.id
        ]
