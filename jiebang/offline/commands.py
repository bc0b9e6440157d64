"""The commands that need no store. Each imports what it needs, so that `--help` is quick."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from domain.matching.allocation_model import AllocationPolicy
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


def allocate(
    file: File = None,
    policy: Annotated[AllocationPolicy | None, typer.Option(help="What the allocation aims at.")] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Show what each policy costs.")] = False,
    places: Annotated[int, typer.Option(min=0, help="Of each project; for PrefLib files.")] = 1,
    output: Output = None,
    template: Template = None,
    language: InLanguage = Language.ZH,
) -> None:
    """Allocate a term's projects: FILE (xlsx, CSV, JSON, YAML) has the sheets students, projects, lecturers.

    PrefLib's .soi is read, too: each project then has a lecturer of its own.
    """
    if template is not None:
        from jiebang.offline.allocation_file import LAYOUTS

        write_template(LAYOUTS, template, language.value, output)
        return
    path = _named(file)
    if policy is None and not compare:
        raise typer.BadParameter("Choose a --policy, or --compare them.")
    from jiebang.offline.allocate_command import Asked, allocate_file

    allocate_file(path, Asked(policy, compare), places, output, language.value)


def _named(file: Path | None) -> Path:
    if file is None:
        raise typer.BadParameter("Name a file, or print one with --template csv.", param_hint="FILE")
    return file
