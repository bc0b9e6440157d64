"""Reading xlsx, which is a zip of XML that anybody may have written."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from producers.tables.faults import UnreadableFile
from producers.tables.sheets import MOST_COLUMNS, Sheet

MOST_PARTS = 1_000
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
PROLOGUE_BYTES = 4_096
LAST_ROW = 1_048_576
"""Of any xlsx; a row that claims a higher number would be preceded by as many empty ones."""


def read_workbook(content: bytes) -> Iterator[Sheet]:
    """Its visible sheets, cells as text, formulas by their last result. Raises UnreadableFile."""
    _check_parts(content)
    from openpyxl import load_workbook  # a fifth of a second that only xlsx needs

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a reader of values does not look at
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            for page in book.worksheets:
                if page.sheet_state == "visible":
                    yield _sheet(page.title, _rows(page))
    except UnreadableFile:
        raise
    except Exception as error:  # a broken file makes openpyxl raise nearly anything
        raise _broken() from error


def _rows(page: Any) -> Iterator[tuple[object, ...]]:
    # The size that the file claims for itself may be anything; what is read is bounded here.
    page.reset_dimensions()
    rows: Iterator[tuple[object, ...]] = page.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)
    return rows


def _sheet(name: str, rows: Iterator[tuple[object, ...]]) -> Sheet:
    sheet = Sheet(name)
    for number, cells in enumerate(rows, 1):
        if number > LAST_ROW:
            raise _broken()
        sheet.add_cells(number, [_text(cell) for cell in cells])
    return sheet


def _text(cell: object) -> str:
    """A cell as somebody would have typed it into a CSV."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() | date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def _check_parts(content: bytes) -> None:
    """Refuse what would unpack without end, before any of it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            # A part never yields more bytes than it declares: reading stops there.
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
                raise UnreadableFile(
                    "这个工作簿解压后太大，拆成几个。", "The workbook is too large once unpacked. Split it."
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as opened:
                        if b"<!DOCTYPE" in opened.read(PROLOGUE_BYTES):
                            raise _broken()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _broken() from error


def _broken() -> UnreadableFile:
    return UnreadableFile(
        "不是 xlsx，或者文件坏了、加了密。用表格软件另存为 xlsx。",
        "This is not xlsx, or it is broken or encrypted. Save it as xlsx from a spreadsheet program.",
    )
