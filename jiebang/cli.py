"""`jiebang`: run it, feed it, look into it. Each command imports what it needs, so that `--help` is quick."""

import signal
import threading
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from jiebang import administrator, dead_letters, outcomes, passwords, people
from jiebang.offline import commands as offline
from jiebang.refusals import read_settings, refusals
from jiebang.template_option import TemplateCommand

app = typer.Typer(
    help="Jiebang 揭榜: factories post challenges, student teams take them up.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


class Kind(StrEnum):
    """The two groups of processors, each a worker process of its own in the scaled form."""

    CORE = "core"
    INDEX = "index"


class Template(StrEnum):
    """In what `jiebang post --template` prints a file to fill in."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    YAML = "yaml"


search_commands = typer.Typer(help="The catalogue's index.", no_args_is_help=True)
app.add_typer(search_commands, name="search")
app.add_typer(dead_letters.commands, name="dlq")
app.add_typer(outcomes.commands, name="outcomes")
app.command()(administrator.administrator)
app.command()(passwords.password)
app.command(cls=TemplateCommand)(people.people)
app.command(cls=TemplateCommand)(offline.match)
app.command(cls=TemplateCommand)(offline.allocate)


@app.command()
def run() -> None:
    """Run everything in one process on one SQLite file; fills an empty store with sample data.

    Not with JIEBANG_SAMPLES=no, and not where others can reach it: then `jiebang administrator` comes first.
    """
    from jiebang.serve import run_embedded

    with refusals():
        run_embedded(read_settings())


@app.command()
def migrate() -> None:
    """Bring the database, and where they are set Kafka's topics and the search index, to this release."""
    from jiebang.maintenance import prepare

    with refusals():
        prepare(read_settings())


@app.command()
def seed() -> None:
    """Fill an empty store with sample data."""
    from jiebang.maintenance import fill_with_samples

    with refusals():
        fill_with_samples(read_settings())


@app.command()
def api(port: Annotated[int | None, typer.Option(help="Instead of JIEBANG_PORT.")] = None) -> None:
    """Serve pages and REST in the scaled form; any number of these may run."""
    from jiebang.serve import run_api

    with refusals():
        settings = read_settings()
        run_api(settings if port is None else settings.model_copy(update={"port": port}))


@app.command()
def relay() -> None:
    """Carry the outbox to Kafka; one of several is active."""
    from jiebang.serve import run_relay

    with refusals():
        run_relay(read_settings(), _stop_on_signals())


@app.command()
def worker(kind: Kind) -> None:
    """Run processors on Kafka: `core` (effects in the database) or `index` (the search index)."""
    from jiebang.compose import run_core_worker, run_index_worker

    with refusals():
        {Kind.CORE: run_core_worker, Kind.INDEX: run_index_worker}[kind](read_settings())


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


@app.command(cls=TemplateCommand)
def post(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="YAML, JSON, JSONL, xlsx or CSV (UTF-8 or GBK).", exists=True, dir_okay=False, readable=True
        ),
    ] = None,
    url: Annotated[str, typer.Option(help="Where the API is.")] = "http://127.0.0.1:8000",
    token: Annotated[str | None, typer.Option(envvar="JIEBANG_TOKEN", help="An API token.")] = None,
    publish: Annotated[bool, typer.Option(help="Open them at once, if you may.")] = False,
    kafka: Annotated[str | None, typer.Option(help="Write to this broker's intake topic instead.")] = None,
    factory: Annotated[str | None, typer.Option(help="Your factory's id; with --kafka.")] = None,
    topic: Annotated[str, typer.Option(help="With --kafka.")] = "jiebang.intake",
    template: Annotated[
        Template | None, typer.Option(help="Print a file to fill in (CSV if you name none), and stop.")
    ] = None,
    language: Annotated[
        offline.Language, typer.Option(help="Of the template's header, and of what the service answers.")
    ] = offline.Language.ZH,
) -> None:
    """Post challenges from a file; running it again posts nothing twice.

    A row is known again by its source, or else by its content. What is there already is listed with its
    number; with --publish, drafts that still say what the file says are published.
    """
    from rich.console import Console

    from producers.post_command import Api, Broker, post_file

    if template is not None:
        typer.echo(_post_template(template, language), nl=False)
        return
    if file is None:
        raise typer.BadParameter("Name a file, or print one with --template.", param_hint="FILE")
    if kafka is not None and publish:
        raise typer.BadParameter(
            "What goes to Kafka becomes a draft. Leave out --publish, or post over the API with --token."
        )
    if kafka is not None and factory is not None:
        to: Api | Broker = Broker(kafka, factory, topic)
    elif kafka is None and token is not None:
        to = Api(url, token, publish, language.value)
    else:
        raise typer.BadParameter("Give --token (or JIEBANG_TOKEN), or --kafka with --factory.")
    if post_file(file, to, Console()):
        raise typer.Exit(1)


def _post_template(kind: Template, language: offline.Language) -> str:
    from infra.system import SystemClock
    from producers.sdk.columns import posts_as_of
    from producers.tables.writing import template

    return template([posts_as_of(SystemClock().now())], kind.value, language.value)


@search_commands.command()
def rebuild() -> None:
    """Build the catalogue's index anew, while searches and changes go on."""
    from rich.console import Console

    from jiebang.maintenance import rebuild_catalogue

    with refusals(), Console().status("…") as status:
        done = rebuild_catalogue(read_settings(), lambda progress: status.update(f"{progress.documents:,}"))
    typer.echo(f"{done.documents:,} documents")
