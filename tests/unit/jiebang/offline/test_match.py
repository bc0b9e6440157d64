"""Ranking the teams of a file: what is read, what is wrong, and what the results say."""

from pathlib import Path

import pytest

from domain.matching import Policy, Taxonomy, explain
from jiebang.offline.match_file import LAYOUTS, MatchCase, read_match_file
from jiebang.offline.match_results import Report, ranked
from producers.tables.faults import FaultyFile
from producers.tables.writing import template, template_workbook


def case_of(folder: Path, text: str, taxonomy: Taxonomy) -> MatchCase:
    path = folder / "case.csv"
    path.write_text(text, "utf-8")
    return read_match_file(path, taxonomy)


def faults_of(folder: Path, text: str, taxonomy: Taxonomy) -> list[tuple[str, int, str]]:
    with pytest.raises(FaultyFile) as refusal:
        case_of(folder, text, taxonomy)
    assert all(fault.zh and fault.en for fault in refusal.value.faults)
    return [(fault.sheet, fault.row, fault.column) for fault in refusal.value.faults]


def test_the_template_says_the_same_in_every_format_and_language(tmp_path: Path, taxonomy: Taxonomy) -> None:
    cases = []
    for language in ("zh", "en"):
        for kind in ("csv", "json", "yaml"):
            path = tmp_path / f"{language}.{kind}"
            path.write_text(template(LAYOUTS, kind, language), "utf-8")
            cases.append(read_match_file(path, taxonomy))
        book = tmp_path / f"{language}.xlsx"
        book.write_bytes(template_workbook(LAYOUTS, language))
        cases.append(read_match_file(book, taxonomy))
    assert all(case == cases[0] for case in cases)
    weights = [
        (one.skill, one.level, one.weight, one.mandatory) for one in cases[0].challenges["C1"].need.skills
    ]
    assert weights == [
        ("vibration-analysis", 3, 0.5, True),
        ("plc-programming", 2, 0.25, False),
        ("signal-processing", 3, 0.25, False),
    ]


def test_skills_are_read_out_of_the_text_where_none_are_named(tmp_path: Path, taxonomy: Taxonomy) -> None:
    case = case_of(
        tmp_path,
        "[teams]\nid\nT1\n[members]\nteam,member,skill,level\nT1,a,PLC,2\n"
        "[challenges]\nid,text\nC1,注塑机机械手用S7-1200控制，想加OPC UA采集振动\n",
        taxonomy,
    )
    named = {one.skill for one in case.challenges["C1"].need.skills}
    assert {"siemens-s7", "opc-ua"} <= named


def test_everything_wrong_is_told_at_once_by_sheet_row_and_column(tmp_path: Path, taxonomy: Taxonomy) -> None:
    text = (
        "[团队]\n编号,每周工时\nT1,4\nT1,5\nT2,many\n"
        "[成员]\n团队,成员,技能,等级\nT1,a,振动分柝,3\nT1,a,PLC,7\nT1,b,PLC,2\nT1,b,可编程逻辑控制器,2\n"
        "[难题]\n编号,技能\nC1,PLC:2; plc:3\nC2,\n"
    )
    assert faults_of(tmp_path, text, taxonomy) == [
        ("团队", 4, "编号"),
        ("团队", 5, "每周工时"),
        ("成员", 8, "技能"),
        ("成员", 9, "等级"),
        ("成员", 11, "技能"),
        ("难题", 14, "技能"),
        ("难题", 15, "技能"),
    ]


def test_a_member_of_no_team_is_told(tmp_path: Path, taxonomy: Taxonomy) -> None:
    text = (
        "[teams]\nid\nT1\n[members]\nteam,member,skill,level\nT2,a,PLC,3\n[challenges]\nid,skills\nC1,PLC:2\n"
    )
    assert faults_of(tmp_path, text, taxonomy) == [("members", 6, "team")]


@pytest.mark.parametrize("weight", ["0", "-1", "nan", "inf"])
def test_weights_are_positive_numbers(tmp_path: Path, taxonomy: Taxonomy, weight: str) -> None:
    text = (
        "[teams]\nid\nT1\n[members]\nteam,member,skill,level\nT1,a,PLC,3\n"
        f"[challenges]\nid,skills\nC1,PLC:2*{weight}\n"
    )
    assert faults_of(tmp_path, text, taxonomy) == [("challenges", 9, "skills #1 weight")]


def test_results_are_the_engines_with_reasons(tmp_path: Path, taxonomy: Taxonomy) -> None:
    case = case_of(tmp_path, template(LAYOUTS, "csv", "en"), taxonomy)
    results = list(ranked(case, taxonomy, Policy(), 10))
    first = results[0]
    assert [match.hit.rank for match in first.matches] == [1, 2]
    for match in first.matches:
        told = explain(first.challenge.need, match.team.supply, match.team.members, taxonomy, Policy())
        assert match.told == told
        assert sum(match.points) == pytest.approx(match.hit.score, abs=1e-9)
    report = Report(taxonomy, "en")
    team = next(match for match in first.matches if match.hit.id == "T1")
    assert report.skills(team.told) == "Vibration analysis 3/3 成员甲 ✓; Signal processing 3/3 成员乙"
    assert report.missing(team.told) == "PLC programming"
    matches, skills = report.tables(results)
    assert {len(row) for row in matches.rows} == {len(matches.header)}
    assert len(skills.rows) == sum(len(match.told.skills) for one in results for match in one.matches)
    assert {len(row) for row in skills.rows} == {len(skills.header)}


def test_a_team_behind_a_gate_is_not_listed(tmp_path: Path, taxonomy: Taxonomy) -> None:
    text = (
        "[teams]\nid,schools,available\nT1,A,yes\nT2,B,no\n[members]\nteam,member,skill,level\nT1,a,PLC,3\nT2,b,PLC,3\n"
        "[challenges]\nid,skills,eligible_schools\nC1,PLC:2,B\nC2,PLC:4!,\nC3,PLC:2,A；B\n"
    )
    results = ranked(case_of(tmp_path, text, taxonomy), taxonomy, Policy(), 10)
    assert [[match.hit.id for match in one.matches] for one in results] == [[], [], ["T1"]]
