"""`jiebang post FILE`: a file's rows become challenges, with progress, and errors by row."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx2
from kafka.errors import KafkaError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from producers.sdk.client import JiebangClient, Posted, PostRefused
from producers.sdk.kafka_intake import KafkaIntake
from producers.sdk.model import ChallengePost
from producers.sdk.reading import read_posts
from producers.tables.console import MOST_SHOWN, print_faults, print_unreadable
from producers.tables.faults import Fault, FaultyFile, UnreadableFile
from producers.tables.layout import Language
from producers.tables.reading import Row, Rows

Send = Callable[[ChallengePost], Posted | None]
"""Says what became of the post, where the way in tells it at once."""


@dataclass(frozen=True, slots=True)
class Api:
    """Over the API, with a token; refusals come in `language`."""

    url: str
    token: str
    publish: bool
    language: Language


@dataclass(frozen=True, slots=True)
class Broker:
    """Straight to Kafka, for a factory."""

    bootstrap: str
    factory_id: str
    topic: str


@dataclass(slots=True)
class _Outcome:
    """What came of the rows, by their numbers."""

    publish: bool = False
    language: Language = "zh"
    sent: int = 0
    already: list[tuple[int, Posted]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """How many rows have to be looked at."""
        return len({fault.row for fault in self.faults})

    def note(self, row: Row[ChallengePost], posted: Posted | None) -> None:
        """Keep what the service answered for a row; None where it does not tell."""
        if posted is None or not posted.already:
            self.sent += 1
        elif self.publish and posted.unpublished:
            self.faults.append(
                row.fault(
                    "",
                    f"{posted.label} 还没发榜，内容与文件不同：到 {posted.address} 核对后发榜。",
                    f"{posted.label} is not published: it differs from the file. "
                    f"Look at it and publish it at {posted.address}",
                )
            )
        else:
            self.already.append((row.number, posted))

    def refuse(self, row: Row[ChallengePost], problem: str) -> None:
        """Keep the service's sentence, which is in one language."""
        zh = self.language == "zh"
        self.faults.append(row.fault("", problem if zh else "", "" if zh else problem))


def post_file(path: Path, to: Api | Broker, console: Console) -> int:
    """Post what is right, list what is not; returns how many rows failed, 1 where none could be read.

    Running it again posts nothing twice, so that a file is corrected and sent again as a whole. What is there
    already is listed with its number; what differs from the file is changed on its page.
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
        outcome = _send_all(read, to, send, console)
    counts = outcome.sent, len(outcome.already), outcome.failed
    console.print("已发 {} 行，{} 行早已发过，{} 行有错。".format(*counts))
    console.print("{} sent, {} posted before, {} failed.".format(*counts))
    if outcome.already:
        _print_already(outcome.already, console)
    if outcome.faults:
        print_faults(outcome.faults, console)
    return outcome.failed


def _send_all(read: Rows[ChallengePost], to: Api | Broker, send: Send, console: Console) -> _Outcome:
    outcome = _Outcome(to.publish, to.language) if isinstance(to, Api) else _Outcome()
    columns = (TextColumn("发榜 Posting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        for row in progress.track(read.rows):
            outcome.faults += row.faults
            if row.value is not None:
                _send_one(row, row.value, send, outcome)
    return outcome


def _send_one(row: Row[ChallengePost], post: ChallengePost, send: Send, outcome: _Outcome) -> None:
    try:
        outcome.note(row, send(post))
    except PostRefused as refusal:
        outcome.refuse(row, refusal.problem)
    except (httpx2.TransportError, KafkaError) as error:
        outcome.faults.append(
            row.fault("", "服务连不上，稍后再发一次。", f"Out of reach, send it again: {error}")
        )


def _print_already(rows: Sequence[tuple[int, Posted]], console: Console) -> None:
    """Which challenges the rows are, a line each; the first hundred where there are more."""
    table = Table("行 Row", "难题 Challenge", "早已发过", "Posted before")
    for column in table.columns:
        column.overflow = "fold"
    for number, posted in rows[:MOST_SHOWN]:
        table.add_row(str(number), posted.label, *map(escape, _said(posted)))
    if len(rows) > MOST_SHOWN:
        more = len(rows) - MOST_SHOWN
        table.add_row("…", "", f"还有 {more} 条", f"{more} more")
    console.print(table)


def _said(posted: Posted) -> tuple[str, str]:
    if posted.published:
        return "原是草稿，现已发榜", "was a draft, published now"
    if posted.differs:
        return (
            f"与文件不同，到 {posted.address} 修改",
            f"differs from the file, change it at {posted.address}",
        )
    return "与文件相同", f"the same as in the file ({posted.state})"


@contextmanager
def _sender(to: Api | Broker) -> Iterator[Send]:
    """The function that sends one post, for as long as the way in is open."""
    if isinstance(to, Api):
        with JiebangClient(to.url, to.token, language=to.language) as client:
            yield partial(client.post, publish=to.publish)
    else:
        with KafkaIntake(to.bootstrap, to.factory_id, to.topic) as intake:
            yield intake.post
