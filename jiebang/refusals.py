"""What an operator can mend is told in a sentence, and never as a traceback."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from domain.errors import Conflict, Invalid, NotFound, WrongState
from infra.settings import Settings

WRONG, FAILED = 2, 1
"""Exit codes: for what was asked, and for what went wrong on the way."""


def read_settings() -> Settings:
    """The settings; ends the process with a sentence for each that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        for wrong in error.errors():
            name = ".".join(str(part) for part in wrong["loc"]).upper()
            sentence = wrong["msg"].removeprefix("Value error, ")
            typer.echo(f"JIEBANG_{name}: {sentence}" if name else sentence, err=True)
        raise typer.Exit(WRONG) from error
    except SettingsError as error:
        field = re.search(r'field "(\w+)"', str(error))
        name = f"JIEBANG_{field[1].upper()}" if field else "A setting"
        typer.echo(f"{name} has to be JSON; the README shows how it is written.", err=True)
        raise typer.Exit(WRONG) from error


@contextmanager
def refusals() -> Iterator[None]:
    """End the process with one sentence where somebody outside the program can put things right."""
    try:
        yield
    except Exception as error:
        found = _refusal(error)
        if found is None:
            raise
        sentence, code = found
        typer.echo(sentence, err=True)
        raise typer.Exit(code) from error


def _called(field: str | None) -> str:
    return f"{field.replace('_', '-')}: " if field else ""


def _refusal(error: Exception) -> tuple[str, int] | None:
    from api.sentences import explain
    from infra.schema import SchemaMismatch
    from jiebang.compose import NeverAnew, WrongForm
    from jiebang.maintenance import SamplesWithinReach
    from jiebang.metrics_server import PortTaken
    from jiebang.one_process import RunningAlready

    match error:
        case SchemaMismatch() | WrongForm() | NeverAnew() | PortTaken():
            return str(error), WRONG
        case RunningAlready() | SamplesWithinReach():
            return str(error), WRONG
        case NotFound():
            return f"There is no {error.details['kind']} {error.details['id']}.", FAILED
        case WrongState():
            return f"That cannot be done now: {error.details.get('reason', error.code)}.", FAILED
        case Invalid() | Conflict():
            return f"{_called(error.field)}{explain(error, 'en')}", WRONG
        case _:
            sentence = _outside(error)
            return None if sentence is None else (sentence, FAILED)


def _outside(error: Exception) -> str | None:
    """What a database, Kafka, Elasticsearch or the disk has to say."""
    from infra.transient import said_by_database
    from producers.topics import said_by_kafka
    from search.errors import CatalogueError
    from streams.feed import FeedBehind

    if (said := said_by_database(error)) is not None:
        return f"The database cannot be used: {said}"
    if (said := said_by_kafka(error)) is not None:
        return f"Kafka cannot be used: {said}"
    match error:
        case CatalogueError() | FeedBehind():
            return str(error)
        case OSError(filename=str(name), strerror=str(reason)):
            return f"{name}: {reason}"
        case _:
            return None
