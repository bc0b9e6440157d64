"""The commands on files as somebody runs them: real processes, real files."""

import csv
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from producers.sdk.columns import POSTS


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jiebang", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as opened:
        yield from csv.DictReader(opened)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("offline")


def test_match_from_its_own_template(folder: Path) -> None:
    printed = run(folder, "match", "--template", "csv")
    (folder / "teams.csv").write_text(printed.stdout, encoding="gbk")
    shown = run(folder, "match", "teams.csv")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "振动小队" in shown.stdout
    written = run(folder, "match", "teams.csv", "--top", "1", "--language", "en", "--output", "best.csv")
    assert written.returncode == 0, written.stderr
    assert [(row["challenge"], row["rank"], row["team"]) for row in rows(folder / "best.csv")] == [
        ("C1", "1", "T2"),
        ("C2", "1", "T2"),
    ]


def test_match_from_and_to_a_workbook(folder: Path) -> None:
    assert run(folder, "match", "--template", "xlsx", "--output", "teams.xlsx").returncode == 0
    done = run(folder, "match", "teams.xlsx", "--output", "best.xlsx")
    assert done.returncode == 0, done.stderr
    assert openpyxl.load_workbook(folder / "best.xlsx").sheetnames == ["匹配", "技能"]


def test_mistakes_are_told_by_sheet_row_and_column(folder: Path) -> None:
    (folder / "bad.json").write_text('{"teams": [{"id": "T1", "hours_per_week": -1}], "challenges": [{}]}')
    failed = run(folder, "match", "bad.json")
    assert failed.returncode == 1
    assert "hours_per_week" in failed.stderr
    assert "members" in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize(
    "arguments", [(), ("nowhere.csv",), ("teams.csv", "--top", "0"), ("teams.csv", "--output", "best.pdf")]
)
def test_what_cannot_be_asked_for_is_a_sentence(folder: Path, arguments: tuple[str, ...]) -> None:
    refused = run(folder, "match", *arguments)
    assert refused.returncode in (1, 2)
    assert refused.stderr
    assert "Traceback" not in refused.stderr


def test_allocate_and_compare(folder: Path) -> None:
    (folder / "term.yaml").write_text(run(folder, "allocate", "--template", "yaml").stdout, encoding="utf-8")
    compared = run(folder, "allocate", "term.yaml", "--compare", "--language", "en")
    assert compared.returncode == 0, compared.stderr
    assert "blocking" in compared.stdout
    written = run(folder, "allocate", "term.yaml", "--policy", "student_stable", "--output", "term-out.csv")
    assert written.returncode == 0, written.stderr
    assert [row["项目"] for row in rows(folder / "term-out.csv")] == ["P1", "P1", "", ""]
    both = run(
        folder, "allocate", "term.yaml", "--policy", "greedy_max", "--compare", "--output", "term-out.xlsx"
    )
    assert both.returncode == 0, both.stderr
    assert openpyxl.load_workbook(folder / "term-out.xlsx").sheetnames == ["分配", "项目", "比较"]


def test_allocate_asks_for_a_policy(folder: Path) -> None:
    (folder / "term.csv").write_text(run(folder, "allocate", "--template", "csv").stdout, encoding="utf-8")
    refused = run(folder, "allocate", "term.csv")
    assert refused.returncode == 2
    assert "--policy" in refused.stderr


def test_post_prints_a_template_that_names_every_column(folder: Path) -> None:
    printed = run(folder, "post", "--template", "csv", "--language", "en")
    assert printed.returncode == 0, printed.stderr
    (header, _) = csv.reader(printed.stdout.splitlines())
    assert header == [column.en for column in POSTS.columns]
