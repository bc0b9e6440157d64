"""What the commands on files have in common: templates, progress, and mistakes told at the end."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from producers.tables.layout import Language, Layout
    from producers.tables.writing import Format


class TemplateKind(StrEnum):
    """In what a file to fill in is written."""

    CSV = "csv"
    JSON = "json"
    YAML = "yaml"
    XLSX = "xlsx"


_TEXTS: "dict[TemplateKind, Format]" = {
    TemplateKind.CSV: "csv",
    TemplateKind.JSON: "json",
    TemplateKind.YAML: "yaml",
}


def write_template(
    layouts: "Sequence[Layout[Any]]", kind: TemplateKind, language: "Language", output: Path | None
) -> None:
    """Print an example that works, or write it where `output` says."""
    from producers.tables.writing import template, template_workbook

    if kind is TemplateKind.XLSX:
        content = template_workbook(layouts, language)
        if output is None and sys.stdout.isatty():
            raise typer.BadParameter("Say where: --template xlsx --output example.xlsx")
    else:
        content = template(layouts, _TEXTS[kind], language).encode()
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        output.write_bytes(content)


@contextmanager
def told_mistakes(path: Path, stderr: "Console") -> Iterator[None]:
    """Tell all that is wrong with a file, and end with 1."""
    from producers.tables.console import print_faults, print_unreadable
    from producers.tables.faults import FaultyFile, UnreadableFile

    try:
        yield
    except FaultyFile as error:
        print_faults(error.faults, stderr)
        raise typer.Exit(1) from error
    except UnreadableFile as error:
        print_unreadable(path, error, stderr)
        raise typer.Exit(1) from error
    except OSError as error:
        stderr.print(f"{error.filename}: {error.strerror}", markup=False)
        raise typer.Exit(1) from error


def progress_bar(stderr: "Console") -> "Progress":
    """Beside the results, which may be piped elsewhere."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal)
