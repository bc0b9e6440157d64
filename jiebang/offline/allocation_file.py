"""What `jiebang allocate` reads: students, projects and lecturers, checked together; or PrefLib's orders."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from domain.matching import AllocationPolicy, Instance, Lecturer, Project, Student
from jiebang.offline.checks import Checks, Id, Identified
from jiebang.offline.preflib import Orders, read_orders
from producers.tables.faults import UnreadableFile
from producers.tables.layout import Column, Layout
from producers.tables.reading import Row, Rows, read_sheets, table_of

Capacity = Annotated[int, Field(ge=0, le=100_000)]
_SEPARATORS = re.compile(r"[;；,，、>＞|]")


def ordered(text: str) -> list[str]:
    """Ids in one cell, the best first, between semicolons, commas or greater-than signs."""
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


class StudentRow(Identified):
    """Somebody, or a team, to place; `preferences` are projects, the best first."""

    name: str = ""
    preferences: tuple[Id, ...] = ()


class ProjectRow(Identified):
    """A project with places, and who is responsible for it."""

    title: str = ""
    lecturer: Id
    capacity: Capacity = 1


class LecturerRow(Identified):
    """A mentor; without `preferences` everybody is welcome, and stable policies are out of the question."""

    name: str = ""
    capacity: Capacity
    preferences: tuple[Id, ...] | None = None


STUDENTS = Layout(
    "学生",
    "students",
    (
        Column("id", "编号", "id"),
        Column("name", "姓名", "name"),
        Column("preferences", "志愿", "preferences", ordered),
    ),
    StudentRow,
    (
        ("S1", "学生甲", "P1; P2"),
        ("S2", "学生乙", "P1; P3"),
        ("S3", "学生丙", "P2; P1"),
        ("S4", "学生丁", "P1"),
    ),
)
PROJECTS = Layout(
    "项目",
    "projects",
    (
        Column("id", "编号", "id"),
        Column("title", "名称", "title"),
        Column("lecturer", "导师", "lecturer"),
        Column("capacity", "名额", "capacity"),
    ),
    ProjectRow,
    (
        ("P1", "主轴振动监测", "L1", "2"),
        ("P2", "换模时间缩短", "L1", "1"),
        ("P3", "空压机节能", "L2", "1"),
    ),
)
LECTURERS = Layout(
    "导师",
    "lecturers",
    (
        Column("id", "编号", "id"),
        Column("name", "姓名", "name"),
        Column("capacity", "名额", "capacity"),
        Column("preferences", "排序", "preferences", ordered),
    ),
    LecturerRow,
    (("L1", "导师甲", "2", "S2; S1; S4; S3"), ("L2", "导师乙", "1", "S2; S3")),
)
LAYOUTS = (STUDENTS, PROJECTS, LECTURERS)
STABLE = frozenset({AllocationPolicy.STUDENT_STABLE, AllocationPolicy.LECTURER_STABLE})


@dataclass(frozen=True, slots=True)
class Term:
    """A term's allocation problem, with the names of its students, projects and lecturers by id."""

    instance: Instance
    students: Mapping[str, str]
    projects: Mapping[str, str]
    lecturers: Mapping[str, str]


def read_term(path: Path, policy: AllocationPolicy | None, places: int) -> Term:
    """The term in a file. A `.soi` file knows no lecturers: each project has its own, and `places` places.

    Raises UnreadableFile, FaultyFile with all mistakes (for stable policies also each lecturer without
    preferences), and OSError.
    """
    if path.suffix.lower() in (".soi", ".soc"):
        if policy in STABLE:
            raise UnreadableFile(
                "PrefLib 文件里没有导师的排序，换一种策略。",
                "A PrefLib file has no preferences of lecturers. Choose another policy.",
            )
        return _term_of(read_orders(path), places)
    sheets = read_sheets(path)
    students, projects = table_of(sheets, STUDENTS), table_of(sheets, PROJECTS)
    lecturers = table_of(sheets, LECTURERS)
    checks = Checks([students, projects, lecturers])
    _check(checks, students, projects, lecturers)
    if policy in STABLE:
        _require_preferences(checks, lecturers)
    checks.require()
    return Term(
        Instance(
            [Student(one.id, one.preferences) for _, one in students.good],
            [Project(one.id, one.lecturer, one.capacity) for _, one in projects.good],
            [Lecturer(one.id, one.capacity, one.preferences) for _, one in lecturers.good],
        ),
        {one.id: one.name for _, one in students.good},
        {one.id: one.title for _, one in projects.good},
        {one.id: one.name for _, one in lecturers.good},
    )


def _check(
    checks: Checks, students: Rows[StudentRow], projects: Rows[ProjectRow], lecturers: Rows[LecturerRow]
) -> None:
    known_students, known_projects = checks.distinct(students), checks.distinct(projects)
    known_lecturers = checks.distinct(lecturers)
    for student, wishes in students.good:
        _check_list(checks, student, wishes.preferences, projects, known_projects)
    for project, offer in projects.good:
        checks.refer(project, "lecturer", offer.lecturer, lecturers, known_lecturers)
    for lecturer, wants in lecturers.good:
        _check_list(checks, lecturer, wants.preferences or (), students, known_students)


def _check_list(
    checks: Checks, row: Row[Any], ids: Sequence[str], table: Rows[Any], known: dict[str, Any]
) -> None:
    for place, id in enumerate(ids):
        if id in ids[:place]:
            checks.wrong(row, "preferences", f"{id} 有两次，删掉一个。", f"{id} is there twice. Remove one.")
        else:
            checks.refer(row, "preferences", id, table, known)


def _require_preferences(checks: Checks, lecturers: Rows[LecturerRow]) -> None:
    for row, one in lecturers.good:
        if one.preferences is None:
            checks.wrong(
                row,
                "preferences",
                "稳定分配要有导师的排序；填上，或换一种策略。",
                "A stable policy needs the lecturer's preferences. Add them, or choose another policy.",
            )


def _term_of(orders: Orders, places: int) -> Term:
    students = [Student(f"{number}", wishes) for number, wishes in enumerate(orders.voters, 1)]
    return Term(
        Instance(
            students,
            [Project(id, id, places) for id in orders.names],
            [Lecturer(id, places) for id in orders.names],
        ),
        {student.id: "" for student in students},
        dict(orders.names),
        dict.fromkeys(orders.names, ""),
    )
