"""Telling in a terminal what is wrong with a file."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from producers.tables.faults import Fault, UnreadableFile

MOST_SHOWN = 100


def print_unreadable(path: Path, error: UnreadableFile, console: Console) -> None:
    """Why a file cannot be read or written."""
    console.print(f"[bold]{escape(str(path))}[/bold]: {escape(error.zh)}\n{escape(error.en)}")


def print_faults(faults: Sequence[Fault], console: Console) -> None:
    """All that is wrong, a line each; the first hundred where there are more."""
    named = any(fault.sheet for fault in faults)
    table = Table(*(["表 Sheet"] if named else []), "行 Row", "列 Column", "怎么改", "What to do")
    for column in table.columns:
        column.overflow = "fold"
    for fault in faults[:MOST_SHOWN]:
        row = str(fault.row) if fault.row else ""
        cells = [row, fault.column, fault.zh, "" if fault.en == fault.zh else fault.en]
        table.add_row(*map(escape, [fault.sheet, *cells] if named else cells))
    if len(faults) > MOST_SHOWN:
        more = len(faults) - MOST_SHOWN
        table.add_row(*([""] if named else []), "…", "", f"还有 {more} 条", f"{more} more")
    console.print(table)
