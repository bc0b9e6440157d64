"""Writing tables: xlsx and CSV as spreadsheet programs open them, and templates to fill in."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import yaml

from producers.tables.faults import UnreadableFile
from producers.tables.layout import Language, Layout

Cell: TypeAlias = str | int | float | bool | None
Format = Literal["csv", "json", "jsonl", "yaml"]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
WIDEST = 60


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """A table to write."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def check_output(path: Path) -> None:
    """Raise UnreadableFile for an output whose suffix is neither .xlsx nor .csv, before work is done."""
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise UnreadableFile(
            f"写不了 {path.suffix or path.name}，用 .xlsx 或 .csv。",
            f"{path.suffix or path.name} cannot be written. Use .xlsx or .csv.",
        )


def write_tables(path: Path, tables: Sequence[WrittenTable]) -> None:
    """Write a sheet for each table as xlsx, or the first one as CSV. Raises UnreadableFile and OSError."""
    check_output(path)
    if path.suffix.lower() == ".xlsx":
        path.write_bytes(workbook(tables))
    else:
        # The mark makes office software read UTF-8 as such.
        path.write_text(csv_text(tables[0]), encoding="utf-8-sig", newline="")


def csv_text(table: WrittenTable) -> str:
    """The table as CSV; no cell of it can become a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.header)
    writer.writerows([_inert(cell) for cell in row] for row in table.rows)
    return text.getvalue()


def workbook(tables: Iterable[WrittenTable]) -> bytes:
    """The tables as an xlsx file; texts stay texts, whatever they begin with."""
    from openpyxl import Workbook  # a fifth of a second that only xlsx needs
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for table in tables:
        page: Any = book.create_sheet(table.name[:31])
        page.freeze_panes = "A2"
        for number, width in enumerate(_widths(table), 1):
            page.column_dimensions[get_column_letter(number)].width = width

        def styled(value: Cell, page: Any = page, *, bold: bool = False) -> object:
            cell = WriteOnlyCell(page, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
            if bold:
                cell.font = Font(bold=True)
            return cell

        page.append([styled(name, bold=True) for name in table.header])
        for row in table.rows:
            page.append([styled(cell) for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def template(layouts: Sequence[Layout[Any]], kind: Format, language: Language = "zh") -> str:
    """A file to fill in that can be read as it is; names of tables and columns are in the language."""
    if kind == "csv":
        tables = _example_tables(layouts, language)
        if len(tables) == 1:
            return csv_text(tables[0])
        return "\n".join(f"[{table.name}]\n{csv_text(table)}" for table in tables)
    if kind == "jsonl":
        lines = [json.dumps(record, ensure_ascii=False) for record in _records(layouts[0])]
        return "".join(f"{line}\n" for line in lines)
    document: object = _records(layouts[0])
    if len(layouts) > 1:
        document = {layout.named(language): _records(layout) for layout in layouts}
    if kind == "json":
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def template_workbook(layouts: Sequence[Layout[Any]], language: Language = "zh") -> bytes:
    """The same as xlsx."""
    return workbook(_example_tables(layouts, language))


def _example_tables(layouts: Sequence[Layout[Any]], language: Language) -> list[WrittenTable]:
    return [
        WrittenTable(
            layout.named(language), [column.named(language) for column in layout.columns], layout.examples
        )
        for layout in layouts
    ]


def _records(layout: Layout[Any]) -> list[dict[str, object]]:
    fields = [column.field for column in layout.columns]
    return [layout.record(dict(zip(fields, example, strict=True))) for example in layout.examples]


def _widths(table: WrittenTable) -> list[int]:
    """Of the columns, by the first rows; a Han character is two wide."""
    rows = [table.header, *table.rows[:100]]
    columns = zip(*(map(_width, row) for row in rows), strict=True)
    return [min(WIDEST, 2 + max(widths)) for widths in columns]


def _width(cell: Cell) -> int:
    text = "" if cell is None else str(cell)
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _inert(cell: Cell) -> Cell:
    """A text that a spreadsheet program would run as a formula gets an apostrophe in front."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
