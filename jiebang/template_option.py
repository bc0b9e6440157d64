"""`--template` with or without a format."""

from collections.abc import Iterator, Sequence

from typer._click import Context  # the type of TyperCommand's parameter; `typer.Context` is narrower
from typer.core import TyperCommand

OPTION = "--template"
FORMATS = frozenset({"csv", "json", "jsonl", "yaml", "xlsx"})
USUAL = "csv"


class TemplateCommand(TyperCommand):
    """A command whose `--template` may stand alone, which means CSV."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Give every `--template` that stands alone its format."""
        return super().parse_args(ctx, list(completed(args)))


def completed(args: Sequence[str]) -> Iterator[str]:
    """The arguments, with a format behind a `--template` that none follows."""
    for argument, next_one in zip(args, [*args[1:], ""], strict=False):
        yield argument
        if argument == OPTION and next_one not in FORMATS:
            yield USUAL
