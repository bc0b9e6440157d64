"""`jiebang post FILE`: a file's rows become challenges, with progress, and errors by row."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx2
from kafka.errors import KafkaError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from producers.sdk.client import JiebangClient, PostRefused
from producers.sdk.kafka_intake import KafkaIntake
from producers.sdk.model import ChallengePost
from producers.sdk.reading import Row, RowError, UnreadableFile, read_posts

MOST_SHOWN = 100
Send = Callable[[ChallengePost], object]


@dataclass(frozen=True, slots=True)
class Api:
    """Over the API, with a token."""

    url: str
    token: str
    publish: bool


@dataclass(frozen=True, slots=True)
class Broker:
    """Straight to Kafka, for a factory."""

    bootstrap: str
    factory_id: str
    topic: str


def post_file(path: Path, to: Api | Broker, console: Console) -> int:
    """Post what is right, list what is not; returns how many rows failed.

    Running it again posts nothing twice, so that a file is corrected and sent again as a whole.
    """
    try:
        rows = read_posts(path)
    except UnreadableFile as error:
        console.print(f"[bold]{path}[/bold]: {error.zh}\n{error.en}")
        return 1
    with _sender(to) as send:
        errors = _send_all(rows, send, console)
    failed = len({error.row for error in errors})
    console.print(
        f"已发 {len(rows) - failed} 行，{failed} 行有错。 {len(rows) - failed} sent, {failed} failed."
    )
    if errors:
        console.print(_table(errors))
    return failed


def _send_all(rows: list[Row], send: Send, console: Console) -> list[RowError]:
    errors: list[RowError] = []
    columns = (TextColumn("发榜 Posting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        for row in progress.track(rows):
            errors += row.errors
            if row.post is not None:
                errors += _refusals(row.number, row.post, send)
    return errors


def _refusals(number: int, post: ChallengePost, send: Send) -> list[RowError]:
    try:
        send(post)
    except PostRefused as refusal:
        return [RowError(number, "", refusal.problem, refusal.problem)]
    except (httpx2.TransportError, KafkaError) as error:
        return [RowError(number, "", "服务连不上，稍后再发一次。", f"Out of reach, send it again: {error}")]
    return []


@contextmanager
def _sender(to: Api | Broker) -> Iterator[Send]:
    """The function that sends one post, for as long as the way in is open."""
    if isinstance(to, Api):
        with JiebangClient(to.url, to.token) as client:
            yield partial(client.post, publish=to.publish)
    else:
        with KafkaIntake(to.bootstrap, to.factory_id, to.topic) as intake:
            yield intake.post


def _table(errors: list[RowError]) -> Table:
    table = Table("行 Row", "栏 Field", "怎么改", "What to do")
    for error in errors[:MOST_SHOWN]:
        table.add_row(str(error.row), error.field, error.zh, "" if error.en == error.zh else error.en)
    if len(errors) > MOST_SHOWN:
        table.add_row("…", "", f"还有 {len(errors) - MOST_SHOWN} 条", f"{len(errors) - MOST_SHOWN} more")
    return table
