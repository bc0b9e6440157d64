"""Skills read from free text, measured on labelled sentences, half of them written before the code."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.matching.skill_text import SkillReader
from tests.unit.domain.matching.instances import TAXONOMY

READER = SkillReader(TAXONOMY)
SENTENCES = Path(__file__).parent / "data" / "sentences.csv"


def skills(text: str) -> list[str]:
    return [suggestion.skill for suggestion in READER.suggest(text)]


@pytest.mark.parametrize("batch", ["before", "after"])
def test_precision_and_recall_on_the_labelled_sentences(batch: str) -> None:
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["batch"] == batch]
    assert len(rows) >= 60
    right = found = wanted = 0
    for row in rows:
        expected, suggested = set(row["skills"].split()), set(skills(row["text"]))
        assert all(code in TAXONOMY for code in expected), row
        right += len(expected & suggested)
        found += len(suggested)
        wanted += len(expected)
    assert right / found >= 0.95, f"precision {right / found:.3f}"
    assert right / wanted >= 0.90, f"recall {right / wanted:.3f}"


def test_each_suggestion_says_where_it_comes_from() -> None:
    text = "注塑机机械手用S7-1200控制，想加ＯＰＣ　ＵＡ采集振动；再说一次：振动"
    places = {
        suggestion.skill: [text[span.start : span.end] for span in suggestion.spans]
        for suggestion in READER.suggest(text)
    }
    assert places["siemens-s7"] == ["S7-1200"]
    assert places["opc-ua"] == ["ＯＰＣ　ＵＡ"]
    assert places["vibration-analysis"] == ["振动", "振动"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PLCs and robots", ["plc-programming"]),
        ("plcs", []),
        ("sensors", ["sensor-selection"]),
        ("paint, maintain, daily", []),
        ("Java but not JavaScript", ["java"]),
        ("西门子S7-1200", ["siemens-s7"]),
        ("不需要Python、SQL和Java，只做Excel", ["excel"]),
        ("Python和SQL都不需要", []),
        ("No PLC experience needed", []),
        ("We have no MES", ["mes"]),
        ("vibration does not stop", ["vibration-analysis"]),
        ("not Python or SQL, but Excel", ["excel"]),
        ("", []),
        ("。，；", []),
    ],
)
def test_words_plurals_and_negation(text: str, expected: list[str]) -> None:
    assert skills(text) == expected


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("精通Python", 5),
        ("熟练使用Python", 4),
        ("Python", 3),
        ("Python基础", 2),
        ("basic Python", 2),
        ("expert in Python", 5),
        ("精通Java，Python", 3),
        ("精通Java和Python基础", 2),
    ],
)
def test_the_words_beside_a_name_say_the_level(text: str, level: int) -> None:
    assert {one.skill: one.level for one in READER.suggest(text)}["python"] == level


@given(st.text(max_size=60))
def test_any_text_can_be_read_and_spans_lie_inside(text: str) -> None:
    for suggestion in READER.suggest(text):
        for span in suggestion.spans:
            assert 0 <= span.start < span.end <= len(text)


def test_every_skill_is_found_by_each_of_its_names() -> None:
    for skill in TAXONOMY:
        for name in skill.names:
            assert skills(f"需要{name}方面的人") == [skill.code], name
