"""From files to rows that fit a layout, with all that is wrong: xlsx, CSV (UTF-8 or GBK), JSON, YAML."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

from pydantic import ValidationError

from producers.tables.faults import Fault, UnreadableFile, sentences
from producers.tables.layout import Layout, M
from producers.tables.sheets import MOST_BYTES, RawRow, Sheet
from producers.tables.text_files import decoded, read_csv, read_json, read_jsonl, read_yaml
from producers.tables.workbook import read_workbook

_TEXTS: Mapping[str, Callable[[str], Iterable[Sheet]]] = {
    ".csv": read_csv,
    ".json": read_json,
    ".jsonl": read_jsonl,
    ".yaml": read_yaml,
    ".yml": read_yaml,
}
SUFFIXES = (".xlsx", *_TEXTS)


@dataclass(frozen=True, slots=True)
class Row(Generic[M]):
    """A row: what it says, or what is wrong with it; `headers` maps fields to what the file calls them."""

    sheet: str
    number: int
    headers: Mapping[str, str]
    value: M | None
    faults: tuple[Fault, ...] = ()

    def fault(self, field: str, zh: str, en: str) -> Fault:
        """What is wrong with one of its fields, beyond what its model knows."""
        return Fault(self.sheet, self.number, self.headers.get(field, field), zh, en)


@dataclass(frozen=True, slots=True)
class Rows(Generic[M]):
    """A table that was read; `unfit` says what is wrong with the table itself, not with a row."""

    sheet: str
    rows: tuple[Row[M], ...]
    unfit: tuple[Fault, ...] = ()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All that is wrong."""
        return (*self.unfit, *(fault for row in self.rows for fault in row.faults))

    @property
    def good(self) -> list[tuple[Row[M], M]]:
        """The rows that say something."""
        return [(row, row.value) for row in self.rows if row.value is not None]


def read_sheets(path: Path) -> list[Sheet]:
    """Everything in a file, by its suffix. Raises UnreadableFile, and OSError where there is no such file."""
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableFile("文件超过 20 MB，拆成几个。", "The file is larger than 20 MB. Split it.")
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        known = " ".join(SUFFIXES)
        raise UnreadableFile(
            f"不认识 {path.suffix}，用 {known}。", f"{path.suffix} is not known. Use {known}."
        )
    content = path.read_bytes()
    found = list(read_workbook(content) if suffix == ".xlsx" else _TEXTS[suffix](decoded(content)))
    if not any(found):
        raise UnreadableFile("文件里没有内容。", "There is nothing in the file.")
    return found


def rows_of(sheet: Sheet, layout: Layout[M]) -> Rows[M]:
    """The sheet's rows as the layout's model, those that are wrong with all that is wrong."""
    headers = _headers(sheet, layout)
    absent = set[str]()
    if sheet.header is not None:
        absent = {column.field for column in layout.required if column.field not in headers}
    rows = tuple(_row(sheet, raw, headers, absent, layout) for raw in sheet.rows)
    return Rows(sheet.name, rows, tuple(_header_faults(sheet, layout)))


def table_of(sheets: Sequence[Sheet], layout: Layout[M]) -> Rows[M]:
    """The table of that name among a file's sheets; a fault where it is missing, there twice or empty."""
    found = [sheet for sheet in sheets if layout.is_called(sheet.name)]
    name = f"{layout.zh}/{layout.en}"
    if len(found) != 1:
        there = "、".join(sheet.name for sheet in sheets if sheet.name) or "–"
        wrong = Fault(
            name,
            0,
            "",
            f"要有且只有一张叫“{layout.zh}”或“{layout.en}”的表。现有：{there}。",
            f"There has to be one sheet called {layout.zh} or {layout.en}. There is: {there}.",
        )
        return Rows(name, (), (wrong,))
    read = rows_of(found[0], layout)
    if read.rows or read.faults:
        return read
    return Rows(name, (), (Fault(found[0].name, 0, "", "这张表是空的。", "The sheet is empty."),))


def _headers(sheet: Sheet, layout: Layout[M]) -> dict[str, str]:
    """What the columns are called in the file, by field."""
    names = (layout.column(name) for name in sheet.header or ())
    return {column.field: name for column, name in zip(names, sheet.header or (), strict=True) if column}


def _header_faults(sheet: Sheet, layout: Layout[M]) -> list[Fault]:
    if sheet.header is None:
        return []
    known = "、".join(f"{column.zh}/{column.en}" for column in layout.columns)
    faults, seen = [], set[str]()

    def wrong(column: str, zh: str, en: str) -> None:
        faults.append(Fault(sheet.name, sheet.header_row, column, zh, en))

    for name in filter(None, sheet.header):
        column = layout.column(name)
        if column is None:
            wrong(name, f"没有这一列。可用的列：{known}。", f"There is no such column. Columns: {known}.")
        elif column.field in seen:
            wrong(name, "这一列有两次，删掉一个。", "The column is there twice. Remove one.")
        else:
            seen.add(column.field)
    for column in layout.required:
        if column.field not in seen:
            wrong(f"{column.zh}/{column.en}", "缺这一列。", "The column is missing.")
    return faults


def _row(
    sheet: Sheet, raw: RawRow, headers: Mapping[str, str], absent: set[str], layout: Layout[M]
) -> Row[M]:
    if raw.fault is not None:
        return Row(sheet.name, raw.number, headers, None, (raw.fault,))
    columns = headers or {column.field: name for name in raw.cells if (column := layout.column(name))}
    cells = raw.cells
    if sheet.header is not None:
        cells = {name: cells[name] for name in headers.values() if name in cells}
    try:
        return Row(sheet.name, raw.number, columns, layout.model.model_validate(layout.record(cells)))
    except ValidationError as error:
        wrong = [one for one in error.errors() if ".".join(map(str, one["loc"])) not in absent]
        faults = tuple(_fault(sheet, raw, columns, dict(one)) for one in wrong)
        return Row(sheet.name, raw.number, columns, None, faults)


def _fault(sheet: Sheet, raw: RawRow, columns: Mapping[str, str], found: Mapping[str, Any]) -> Fault:
    zh, en = sentences(found["type"], found["msg"], found.get("ctx", {}))
    return Fault(sheet.name, raw.number, _place(found["loc"], columns), zh, en)


def _place(where: tuple[int | str, ...], columns: Mapping[str, str]) -> str:
    """`skills #1 level` for the level of the first skill, the column called as in the file."""
    for length in (2, 1):
        field = ".".join(map(str, where[:length]))
        if field in columns:
            break
    else:
        field, length = str(where[0]) if where else "", 1
    rest = (f"#{part + 1}" if isinstance(part, int) else part for part in where[length:])
    return " ".join([columns.get(field, field), *rest])
