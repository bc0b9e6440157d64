"""`jiebang dlq`: look at messages that could not be accepted, and send them again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from domain.errors import NotFound
from jiebang.refusals import read_settings, refusals

if TYPE_CHECKING:
    from infra.dead_letters import KeptLetter
    from jiebang.compose import Core

MOST_BYTES_SHOWN = 2_000
MOST_ROWS = 2**63
"""A database's numbers end below."""

commands = typer.Typer(help="Dead letters: what could not be accepted.", no_args_is_help=True)


@commands.command("list")
def show_all(
    factory: Annotated[str | None, typer.Option(help="Only this factory's, by its id.")] = None,
    requeued: Annotated[bool, typer.Option(help="Those that were sent again, too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
) -> None:
    """The newest first."""
    from rich.console import Console
    from rich.table import Table

    from infra.dead_letters import list_letters

    with _installation() as of, of.database.read() as connection:
        letters = list_letters(connection, factory_id=factory, requeued=requeued, limit=limit)
    table = Table("id", "consumer", "origin", "reason", "details", "requeued")
    for letter in letters:
        details = "; ".join(f"{name} {text}" for name, text in letter.details.items())
        again = f"{letter.requeued_at:%Y-%m-%d %H:%M}" if letter.requeued_at else ""
        table.add_row(str(letter.id), letter.consumer, letter.origin, letter.reason, details, again)
    Console().print(table if letters else "No dead letters. 没有死信。")


@commands.command("show")
def show_one(id: int) -> None:
    """One of them, with its headers and bytes."""
    from infra.dead_letters import show_letter

    with _installation() as of, of.database.read() as connection:
        _require_possible(id)
        _print(show_letter(connection, id))


@commands.command()
def requeue(id: int) -> None:
    """Send it again, to the consumer that put it aside."""
    from infra.dead_letters import requeue_letter

    with _installation() as of, of.store.begin() as work:
        _require_possible(id)
        letter = requeue_letter(work, id)
        work.commit()
    typer.echo(f"{letter.origin} goes to {letter.consumer} again.")


@contextmanager
def _installation() -> Iterator["Core"]:
    from infra.schema import require_current
    from jiebang.compose import core  # imports everything, which `--help` should not wait for

    with refusals(), core(read_settings()) as of:
        require_current(of.database)
        yield of


def _require_possible(id: int) -> None:
    """Raises NotFound for a number that no row can have."""
    if abs(id) >= MOST_ROWS:
        raise NotFound(kind="dead letter", id=id)


def _print(letter: "KeptLetter") -> None:
    typer.echo(f"{letter.consumer}  {letter.origin}\n{letter.reason}")
    for name, text in letter.details.items():
        typer.echo(f"  {name}: {text}")
    for name, text in letter.headers.items():
        typer.echo(f"  {name} = {text}")
    if letter.value is not None:
        typer.echo(letter.value[:MOST_BYTES_SHOWN].decode(errors="backslashreplace"))
