"""`jiebang post`: what its template prints, it takes; what it took, it takes once."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from sqlalchemy import Row
from typer.testing import CliRunner

from api.services import Services
from domain.challenges import ChallengeState
from domain.matching.taxonomy import Taxonomy
from infra.accounts import issue_token
from infra.database import Database
from infra.settings import Settings
from infra.system import SystemClock, Uuid7Ids
from infra.tables.market import challenges
from infra.unit_of_work import Store
from jiebang.cli import app
from jiebang.compose import embedded
from jiebang.maintenance import prepare
from tests.live_server import listening
from tests.market import build_market
from tests.waiting import wait_until

DRAFT, OPEN = ChallengeState.DRAFT, ChallengeState.OPEN
WIDE = {"COLUMNS": "400"}


@dataclass(frozen=True, slots=True)
class Server:
    """An embedded installation that answers."""

    url: str
    token: str
    services: Services

    def rows(self) -> Sequence[Row[Any]]:
        """Each challenge, by number."""
        with self.services.database.read() as connection:
            return connection.execute(challenges.select().order_by(challenges.c.number)).all()

    def posted(self) -> list[tuple[ChallengeState, int]]:
        """The state and the number of skills of each challenge."""
        return [(row.state, len(row.skills)) for row in self.rows()]

    def states(self) -> list[tuple[str, ChallengeState]]:
        """The title and the state of each challenge."""
        return [(row.title, row.state) for row in self.rows()]

    def post(self, file: Path, *options: str) -> str:
        """What the command prints of a file that has nothing wrong."""
        return printed(str(file), "--url", self.url, "--token", self.token, *options)

    def refused(self, file: Path, *options: str) -> str:
        """What it prints of a file in which something has to be looked at."""
        given = ["post", str(file), "--url", self.url, "--token", self.token, *options]
        result = CliRunner().invoke(app, given, env=WIDE)
        assert result.exit_code == 1, result.output
        return result.stdout


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The embedded form over a small market."""
    settings = Settings(home=tmp_path / "home")
    prepare(settings)
    with closing(Database(settings.store_url)) as database:
        store = Store(database, SystemClock(), Uuid7Ids())
        market = build_market(store, Taxonomy.load())
        with store.begin() as work:
            token = issue_token(work.connection, market.approver.person_id, "test", work.now()).secret
            work.commit()
    with embedded(settings) as application, listening(application) as url:
        yield Server(url, token, application.state.services)


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["post", *arguments], env=WIDE)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize(
    ("arguments", "suffix", "encoding"),
    [
        (["--template"], ".csv", "utf-8"),
        (["--template", "csv"], ".csv", "gbk"),
        (["--template", "--language", "en"], ".csv", "utf-8-sig"),
        (["--template", "yaml"], ".yaml", "utf-8"),
        (["--template", "json"], ".json", "utf-8"),
        (["--template", "jsonl"], ".jsonl", "utf-8"),
    ],
    ids=["csv", "gbk", "english", "yaml", "json", "jsonl"],
)
def test_what_the_template_prints_is_accepted_as_it_is(
    server: Server, tmp_path: Path, arguments: list[str], suffix: str, encoding: str
) -> None:
    file = tmp_path / f"posts{suffix}"
    file.write_text(printed(*arguments), encoding=encoding)
    for _ in range(2):
        printed(str(file), "--url", server.url, "--token", server.token, "--publish")
        assert server.posted() == [(ChallengeState.OPEN, 2)]


def test_a_templates_header_is_in_the_readers_language() -> None:
    assert printed("--template").startswith("难题标题,难题说明,")
    assert printed("--template", "--language", "en").startswith("title,text,")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Name a file, or print one with --template."),
        (["nowhere.csv"], "does not exist"),
        (["{file}"], "Give --token (or JIEBANG_TOKEN), or --kafka with --factory."),
        (["{file}", "--kafka", "127.0.0.1:1", "--factory", "f", "--publish"], "Leave out --publish"),
        (["{file}", "--token", "t", "--url", "http://127.0.0.1:1"], "服务连不上"),
    ],
    ids=["no file", "no such file", "no token", "publishing over Kafka", "no server"],
)
def test_a_mistake_gets_a_sentence(tmp_path: Path, arguments: list[str], says: str) -> None:
    file = tmp_path / "posts.csv"
    file.write_text(printed("--template"), encoding="utf-8")
    given = [argument.format(file=file) for argument in arguments]
    result = CliRunner().invoke(app, ["post", *given], env={"COLUMNS": "200", "JIEBANG_TOKEN": None})
    assert result.exit_code in (1, 2)
    assert says in result.output
    assert isinstance(result.exception, SystemExit)


def written(folder: Path, **changes: Any) -> Path:
    """Two posts: a work order's, changed by `changes`, and one without a source."""
    order = {
        "title": "主轴振动",
        "text": "主轴轴承每季度损坏一次。",
        "industry": "machining",
        "skills": [{"skill": "vibration-analysis", "level": 3}],
        "source": {"system": "cmms", "id": "WO-1"},
    }
    other = {"title": "换模太慢", "industry": "moulding", "skills": [{"skill": "PLC", "level": 2}]}
    file = folder / "posts.yaml"
    file.write_text(yaml.safe_dump([order | changes, other], allow_unicode=True), encoding="utf-8")
    return file


def test_a_file_that_is_sent_again_is_there_already(server: Server, tmp_path: Path) -> None:
    file = written(tmp_path)
    assert "2 sent, 0 posted before, 0 failed." in server.post(file)
    again = server.post(file)
    assert "已发 0 行，2 行早已发过，0 行有错。" in again
    assert "0 sent, 2 posted before, 0 failed." in again
    for label in ("J-0001", "J-0002"):
        assert label in again
    assert "the same as in the file (draft)" in again
    assert server.states() == [("主轴振动", DRAFT), ("换模太慢", DRAFT)]


def test_drafts_that_are_there_are_published_when_asked(server: Server, tmp_path: Path) -> None:
    file = written(tmp_path)
    server.post(file)
    published = server.post(file, "--publish")
    assert "0 sent, 2 posted before, 0 failed." in published
    assert "原是草稿，现已发榜" in published
    assert "was a draft, published now" in published
    assert server.states() == [("主轴振动", OPEN), ("换模太慢", OPEN)]
    assert "the same as in the file (open)" in server.post(file, "--publish")
    assert server.states() == [("主轴振动", OPEN), ("换模太慢", OPEN)]


def test_a_corrected_row_is_said_to_differ_and_where_to_change_it(server: Server, tmp_path: Path) -> None:
    server.post(written(tmp_path))
    corrected = written(tmp_path, title="主轴振动，夜班")
    said = server.post(corrected)
    page = f"{server.url}/challenges/{server.rows()[0].id}"
    assert f"与文件不同，到 {page} 修改" in said
    assert f"differs from the file, change it at {page}" in said
    refused = server.refused(corrected, "--publish")
    assert "0 sent, 1 posted before, 1 failed." in refused
    assert f"J-0001 还没发榜，内容与文件不同：到 {page} 核对后发榜。" in refused
    assert f"Look at it and publish it at {page}" in refused
    assert server.states() == [("主轴振动", DRAFT), ("换模太慢", OPEN)]


def test_a_row_that_was_refused_is_corrected_and_sent_again(server: Server, tmp_path: Path) -> None:
    faulty = written(tmp_path, industry="alchemy")
    assert "没有工种 alchemy。" in server.refused(faulty)
    assert "There is no trade alchemy." in server.refused(faulty, "--language", "en")
    assert server.states() == [("换模太慢", DRAFT)]
    assert "1 sent, 1 posted before, 0 failed." in server.post(written(tmp_path))
    assert server.states() == [("换模太慢", DRAFT), ("主轴振动", DRAFT)]


def test_the_intake_knows_what_was_posted(server: Server, tmp_path: Path) -> None:
    file = written(tmp_path)
    server.post(file)
    order = yaml.safe_load(file.read_text(encoding="utf-8"))[0]
    with httpx2.Client(base_url=server.url, headers={"Authorization": f"Bearer {server.token}"}) as client:
        status_url = client.post("/api/v1/intake", json=order).json()["status_url"]
        later = order | {"source": {"system": "cmms", "id": "WO-2"}}
        client.post("/api/v1/intake", json=later).raise_for_status()
        wait_until(lambda: len(server.rows()) > 2, "the later message to be taken in")
        status = client.get(status_url).json()
    assert (status["state"], status["challenge_id"]) == ("drafted", server.rows()[0].id)
    assert [row.source_id for row in server.rows() if row.source_system == "cmms"] == ["WO-1", "WO-2"]
    assert len(server.rows()) == 3
