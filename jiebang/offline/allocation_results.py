"""Allocations and their prices as tables."""

from collections import defaultdict
from collections.abc import Mapping

from domain.matching import Allocation, AllocationPolicy, Audit
from jiebang.offline.allocation_file import Term
from producers.tables.layout import Language
from producers.tables.writing import Cell, WrittenTable

DIGITS = 4
_PAIRS = {
    "zh": ("学生", "姓名", "项目", "名称", "导师", "导师姓名", "第几志愿"),
    "en": ("student", "name", "project", "title", "lecturer", "lecturer's name", "choice"),
}
_LOADS = {
    "zh": ("项目", "名称", "导师", "名额", "已用", "学生"),
    "en": ("project", "title", "lecturer", "places", "taken", "students"),
}
_PRICES = {
    "zh": (
        "策略", "有项目", "无项目", "第一志愿", "各志愿人数", "最差志愿", "平均志愿", "不稳定对", "羡慕他人",
        "负荷 Gini",
    ),
    "en": (
        "policy", "placed", "not placed", "first choices", "profile", "worst choice", "mean choice",
        "blocking pairs", "envious", "load Gini",
    ),
}  # fmt: skip
POLICIES = {
    AllocationPolicy.STUDENT_STABLE: "稳定，学生优先",
    AllocationPolicy.LECTURER_STABLE: "稳定，导师优先",
    AllocationPolicy.GREEDY_MAX: "人数最多，第一志愿最多",
    AllocationPolicy.GENEROUS_MAX: "人数最多，最差志愿最少",
    AllocationPolicy.MIN_COST: "人数最多，志愿总和最小",
}


def pairs_table(term: Term, allocation: Allocation, language: Language) -> WrittenTable:
    """Who got what, a row a student, in the order of the file."""
    lecturers = {project.id: project.lecturer for project in term.instance.projects}
    rows: list[list[Cell]] = []
    for student in term.instance.students:
        project = allocation.pairs[student.id]
        row: list[Cell] = [student.id, term.students[student.id]]
        if project is None:
            rows.append([*row, "", "", "", "", None])
            continue
        lecturer = lecturers[project]
        choice = student.preferences.index(project) + 1
        rows.append([*row, project, term.projects[project], lecturer, term.lecturers[lecturer], choice])
    return WrittenTable("分配" if language == "zh" else "allocation", _PAIRS[language], rows)


def loads_table(term: Term, allocation: Allocation, language: Language) -> WrittenTable:
    """Who is where, a row a project."""
    there: dict[str, list[str]] = defaultdict(list)
    for student, project in allocation.pairs.items():
        if project is not None:
            there[project].append(student)
    rows: list[list[Cell]] = [
        [
            one.id,
            term.projects[one.id],
            one.lecturer,
            one.capacity,
            len(there[one.id]),
            "; ".join(there[one.id]),
        ]
        for one in term.instance.projects
    ]
    return WrittenTable("项目" if language == "zh" else "projects", _LOADS[language], rows)


def prices_table(term: Term, audits: Mapping[AllocationPolicy, Audit], language: Language) -> WrittenTable:
    """What each policy costs, side by side."""
    ranked = any(lecturer.preferences is not None for lecturer in term.instance.lecturers)
    rows: list[list[Cell]] = [
        [
            policy_name(policy, language),
            found.size,
            len(term.instance.students) - found.size,
            found.profile[0] if found.profile else 0,
            profile(found),
            found.worst_rank,
            None if found.mean_rank is None else round(found.mean_rank, 2),
            len(found.blocking_pairs) if ranked else None,
            found.envious,
            round(found.load_gini, DIGITS),
        ]
        for policy, found in audits.items()
    ]
    return WrittenTable("比较" if language == "zh" else "comparison", _PRICES[language], rows)


def policy_name(policy: AllocationPolicy, language: Language) -> str:
    """The policy by the name that the command knows, with what it means beside it."""
    return f"{policy.value}（{POLICIES[policy]}）" if language == "zh" else policy.value


def profile(found: Audit) -> str:
    """How many got their first choice, second and so on, up to the worst that somebody got."""
    return " ".join(map(str, found.profile[: found.worst_rank or 0]))
