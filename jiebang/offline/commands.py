"""The commands that need no store. Each imports what it needs, so that `--help` is quick."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from jiebang.offline.terminal import TemplateKind, write_template


class Language(StrEnum):
    """Of what is written for people."""

    ZH = "zh"
    EN = "en"


File = Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, readable=True)]
Output = Annotated[Path | None, typer.Option(help="Write .xlsx or .csv instead of printing.")]
Template = Annotated[
    TemplateKind | None, typer.Option(help="Print an example, or write it to --output, and stop.")
]
InLanguage = Annotated[Language, typer.Option(help="Of the results' and the template's words.")]


def match(
    file: File = None,
    top: Annotated[int, typer.Option(min=1, help="How many teams for each challenge.")] = 10,
    substitutes: Annotated[bool, typer.Option(help="Whether related skills earn part of the credit.")] = True,
    output: Output = None,
    template: Template = None,
    language: InLanguage = Language.ZH,
) -> None:
    """Rank teams for challenges: FILE (xlsx, CSV, JSON, YAML) has the sheets teams, members, challenges."""
    if template is not None:
        from jiebang.offline.match_file import LAYOUTS

        write_template(LAYOUTS, template, language.value, output)
        return
    from domain.matching.model import Policy
    from jiebang.offline.match_command import match_file

    match_file(_named(file), output, top, Policy(substitutes=substitutes), language.value)


def _named(file: Path | None) -> Path:
    if file is None:
        raise typer.BadParameter("Name a file, or print one with --template csv.", param_hint="FILE")
    return file
