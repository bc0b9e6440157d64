"""Workbooks that people save, and those that somebody made to hurt."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from pydantic import Field

from producers.tables import sheets, workbook
from producers.tables.faults import UnreadableFile
from producers.tables.layout import Column, Layout, Strict
from producers.tables.reading import read_sheets, table_of
from producers.tables.writing import WrittenTable, write_tables


class Machine(Strict):
    id: str
    level: int = Field(default=1, ge=1, le=5)
    since: datetime | None = None


MACHINES = Layout(
    "设备",
    "machines",
    (Column("id", "编号", "id"), Column("level", "等级", "level"), Column("since", "起", "since")),
    Machine,
)


def saved(path: Path, fill: Callable[[openpyxl.Workbook], object]) -> Path:
    book = openpyxl.Workbook()
    fill(book)
    book.save(path)
    return path


def test_rows_are_numbered_as_the_program_shows_them(tmp_path: Path) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        notes = book.active
        assert notes is not None
        notes.title = "说明"
        page = book.create_sheet("设备")
        page["A2"], page["B2"], page["C2"] = "编号", "等级", "起"
        page["A4"], page["B4"], page["C4"] = 7.0, 3, datetime(2027, 1, 31, 8, 0)  # noqa: DTZ001 - xlsx has no zones
        page["A6"], page["B6"] = "M-2", 9
        page["D7"] = "stray"

    read = table_of(read_sheets(saved(tmp_path / "a.xlsx", fill)), MACHINES)
    ((row, machine),) = read.good
    assert (row.number, machine.id, machine.level) == (4, "7", 3)
    assert machine.since is not None
    assert [(f.sheet, f.row, f.column) for f in read.faults] == [("设备", 6, "等级"), ("设备", 7, "")]


def test_what_is_written_can_be_read_and_is_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write_tables(path, [WrittenTable("machines", ["id", "level"], [["=1+1", 2], ["换模机", 3]])])
    read = table_of(read_sheets(path), MACHINES)
    assert [machine.id for _, machine in read.good] == ["=1+1", "换模机"]
    page = openpyxl.load_workbook(path)["machines"]
    assert page["A2"].data_type == "s"


def test_a_csv_cell_is_no_formula_either(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_tables(path, [WrittenTable("machines", ["id", "level"], [["=1+1", -2]])])
    assert path.read_text("utf-8-sig") == "id,level\n'=1+1,-2\n"


def test_a_sheet_that_is_missing_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.xlsx", lambda book: book.create_sheet("设备表")["A1"].__setattr__("value", "编号")
    )
    (fault,) = table_of(read_sheets(path), MACHINES).faults
    assert fault.sheet == "设备/machines"
    assert "设备表" in fault.en


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"\xd0\xcf\x11\xe0 an old xls"])
def test_what_is_not_xlsx_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match="not xlsx"):
        read_sheets(path)


def zipped(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_UNPACKED_BYTES", 1_000_000)
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped({"xl/worksheets/sheet1.xml": b" " * 1_000_001}))
    assert path.stat().st_size < 5_000
    with pytest.raises(UnreadableFile, match="too large once unpacked"):
        read_sheets(path)


def test_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped({"xl/workbook.xml": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'}))
    with pytest.raises(UnreadableFile, match="broken"):
        read_sheets(path)


def test_rows_and_columns_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wide(book: openpyxl.Workbook) -> None:
        assert book.active is not None
        book.active["XFD1"] = "far out"
        book.active["A1"] = "id"
        book.active["GS1"] = "one too many"

    with pytest.raises(UnreadableFile, match="more than 200 columns"):
        read_sheets(saved(tmp_path / "wide.xlsx", wide))

    def long(book: openpyxl.Workbook) -> None:
        assert book.active is not None
        for row in range(1, 6):
            book.active[f"A{row}"] = row

    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    with pytest.raises(UnreadableFile, match="more than 100,000 rows"):
        read_sheets(saved(tmp_path / "long.xlsx", long))


def test_a_row_far_down_is_read(tmp_path: Path) -> None:
    def far(book: openpyxl.Workbook) -> None:
        page = book.create_sheet("machines")
        page["A1"], page["A2"], page["A20000"] = "id", "M-1", "M-2"

    read = table_of(read_sheets(saved(tmp_path / "far.xlsx", far)), MACHINES)
    assert [row.number for row, _ in read.good] == [2, 20_000]


def test_a_row_beyond_the_last_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def beyond(book: openpyxl.Workbook) -> None:
        page = book.create_sheet("machines")
        page["A1"], page["A12"] = "id", "M-1"

    monkeypatch.setattr(workbook, "LAST_ROW", 11)
    with pytest.raises(UnreadableFile, match="broken"):
        read_sheets(saved(tmp_path / "beyond.xlsx", beyond))
