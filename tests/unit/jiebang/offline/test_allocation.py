"""Allocating the term of a file: what is read, what is wrong, and what the results say."""

from pathlib import Path
from typing import get_args

import pytest

from domain.matching import AllocationPolicy, Lecturer, Project, Student, allocate, audit
from jiebang.offline.allocation_file import LAYOUTS, Term, read_term
from jiebang.offline.allocation_results import loads_table, pairs_table, prices_table
from producers.tables.faults import FaultyFile, UnreadableFile
from producers.tables.layout import Language
from producers.tables.writing import Format, template, template_workbook

TEXTS: tuple[Format, ...] = ("csv", "json", "yaml")


def term_of(folder: Path, text: str, policy: AllocationPolicy | None = None, name: str = "term.csv") -> Term:
    path = folder / name
    path.write_text(text, "utf-8")
    return read_term(path, policy, 2)


def faults_of(
    folder: Path, text: str, policy: AllocationPolicy | None = None, name: str = "term.csv"
) -> list[tuple[str, int, str]]:
    with pytest.raises(FaultyFile) as refusal:
        term_of(folder, text, policy, name)
    assert all(fault.zh and fault.en for fault in refusal.value.faults)
    return [(fault.sheet, fault.row, fault.column) for fault in refusal.value.faults]


def test_the_template_says_the_same_in_every_format_and_language(tmp_path: Path) -> None:
    terms = []
    for language in get_args(Language):
        texts = {kind: template(LAYOUTS, kind, language) for kind in TEXTS}
        terms += [term_of(tmp_path, text, name=f"{language}.{kind}") for kind, text in texts.items()]
        book = tmp_path / f"{language}.xlsx"
        book.write_bytes(template_workbook(LAYOUTS, language))
        terms.append(read_term(book, None, 1))
    assert all(term == terms[0] for term in terms)
    assert terms[0].instance.students[1] == Student("S2", ("P1", "P3"))
    assert terms[0].instance.lecturers[1] == Lecturer("L2", 1, ("S2", "S3"))


def test_everything_wrong_is_told_at_once_by_sheet_row_and_column(tmp_path: Path) -> None:
    text = (
        "[students]\nid,preferences\nS1,P1；P9\nS2,P1 > P1\nS2,P1\n"
        "[projects]\nid,lecturer,capacity\nP1,L1,-1\nP2,L9,1\n"
        "[lecturers]\nid,capacity,preferences\nL1,2,S1；S7\n"
    )
    assert faults_of(tmp_path, text) == [
        ("students", 4, "preferences"),
        ("students", 5, "id"),
        ("projects", 8, "capacity"),
        ("projects", 9, "lecturer"),
        ("lecturers", 12, "preferences"),
    ], "what refers to a table that is not whole yet is not called unknown"


TERM = (
    "[students]\nid,preferences\nS1,P1;P2\nS2,P1\nS3,\n"
    "[projects]\nid,lecturer\nP1,L1\nP2,L1\n"
    "[lecturers]\nid,capacity\nL1,2\n"
)


def test_a_stable_policy_asks_for_preferences_of_lecturers_and_the_others_do_not(tmp_path: Path) -> None:
    assert faults_of(tmp_path, TERM, AllocationPolicy.STUDENT_STABLE) == [("lecturers", 12, "preferences")]
    term = term_of(tmp_path, TERM, AllocationPolicy.MIN_COST)
    assert allocate(term.instance, AllocationPolicy.MIN_COST).pairs == {"S1": "P2", "S2": "P1", "S3": None}


def test_results_list_students_projects_and_prices(tmp_path: Path) -> None:
    term = term_of(tmp_path, TERM)
    allocation = allocate(term.instance, AllocationPolicy.MIN_COST)
    pairs = pairs_table(term, allocation, "en")
    assert [(row[0], row[2], row[6]) for row in pairs.rows] == [
        ("S1", "P2", 2),
        ("S2", "P1", 1),
        ("S3", "", None),
    ]
    loads = loads_table(term, allocation, "zh")
    assert [row[3:] for row in loads.rows] == [[1, 1, "S2"], [1, 1, "S1"]]
    found = audit(term.instance, allocation)
    (price,) = prices_table(term, {AllocationPolicy.MIN_COST: found}, "en").rows
    assert price == ["min_cost", 2, 1, 1, "1 1", 2, 1.5, None, 1, 0.0]


SOI = (
    "# FILE NAME: term.soi\n# DATA TYPE: soi\n# NUMBER ALTERNATIVES: 3\n# NUMBER VOTERS: 3\n"
    "# NUMBER UNIQUE ORDERS: 2\n# ALTERNATIVE NAME 1: Spindle\n# ALTERNATIVE NAME 2: Mould change\n"
    "2: 1,2\n1: 3\n"
)


def test_orders_of_preflib_are_read(tmp_path: Path) -> None:
    term = term_of(tmp_path, SOI, AllocationPolicy.GREEDY_MAX, "term.soi")
    assert [student.preferences for student in term.instance.students] == [("1", "2"), ("1", "2"), ("3",)]
    assert list(term.instance.projects) == [Project(id, id, 2) for id in ("1", "2", "3")]
    assert term.projects == {"1": "Spindle", "2": "Mould change", "3": ""}


def test_wrong_lines_of_preflib_are_told(tmp_path: Path) -> None:
    text = SOI + "1: {1,2}\n1: 4,2\n1: 2,2\n"
    assert faults_of(tmp_path, text, None, "term.soi") == [("", 10, ""), ("", 11, ""), ("", 12, "")]


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("1,2,3\n", AllocationPolicy.MIN_COST),
        (SOI, AllocationPolicy.STUDENT_STABLE),
        (SOI + "100001: 1\n", AllocationPolicy.MIN_COST),
    ],
)
def test_what_preflib_cannot_say_is_refused(tmp_path: Path, text: str, policy: AllocationPolicy) -> None:
    with pytest.raises(UnreadableFile):
        term_of(tmp_path, text, policy, "term.soi")
