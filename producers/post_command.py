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

from producers.sdk.client import JiebangClient, PostRefused
from producers.sdk.kafka_intake import KafkaIntake
from producers.sdk.model import ChallengePost
from producers.sdk.reading import read_posts
from producers.tables.console import print_faults, print_unreadable
from producers.tables.faults import Fault, FaultyFile, UnreadableFile
from producers.tables.reading import Row, Rows

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
    """Post what is right, list what is not; returns how many rows failed, 1 where none could be read.

    Running it again posts nothing twice, so that a file is corrected and sent again as a whole.
    """
    try:
        read = read_posts(path)
    except UnreadableFile as error:
        print_unreadable(path, error, console)
        return 1
    except FaultyFile as error:
        print_faults(error.faults, console)
        return 1
    with _sender(to) as send:
        faults = _send_all(read, send, console)
    failed, total = len({fault.row for fault in faults}), len(read.rows)
    console.print(f"已发 {total - failed} 行，{failed} 行有错。 {total - failed} sent, {failed} failed.")
    if faults:
        print_faults(faults, console)
    return failed


def _send_all(read: Rows[ChallengePost], send: Send, console: Console) -> list[Fault]:
    faults: list[Fault] = []
    columns = (TextColumn("发榜 Posting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        for row in progress.track(read.rows):
            faults += row.faults
            if row.value is not None:
                faults += _refusals(row, row.value, send)
    return faults


def _refusals(row: Row[ChallengePost], post: ChallengePost, send: Send) -> list[Fault]:
    try:
        send(post)
    except PostRefused as refusal:
        return [row.fault("", refusal.problem, refusal.problem)]
    except (httpx2.TransportError, KafkaError) as error:
        return [row.fault("", "服务连不上，稍后再发一次。", f"Out of reach, send it again: {error}")]
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
