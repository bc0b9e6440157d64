"""`jiebang outcomes export`: matches with what came of them, for fitting a policy's weights."""

import csv
import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from jiebang.refusals import read_settings, refusals

commands = typer.Typer(help="What came of matches.", no_args_is_help=True)


@commands.command()
def export(
    output: Annotated[Path | None, typer.Option(help="Write this CSV file instead of printing.")] = None,
) -> None:
    """A line for each match, CSV: its policy's version, its score and terms when told, and what came of it.

    Times are in UTC; empty where it did not happen.
    """
    from dataclasses import astuple, fields

    from infra.queries.match_outcomes import MatchOutcome, all_outcomes
    from infra.schema import require_current
    from jiebang.compose import core  # imports everything, which `--help` should not wait for

    with refusals(), ExitStack() as opened:
        of = opened.enter_context(core(read_settings()))
        require_current(of.database)
        text = opened.enter_context(output.open("w", newline="", encoding="utf-8")) if output else sys.stdout
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(field.name for field in fields(MatchOutcome))
        for found in all_outcomes(opened.enter_context(of.database.read())):
            writer.writerow(map(_cell, astuple(found)))


def _cell(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
