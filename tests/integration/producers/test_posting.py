"""`jiebang post`: what its template prints, it takes."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
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


@dataclass(frozen=True, slots=True)
class Server:
    """An embedded installation that answers."""

    url: str
    token: str
    services: Services

    def posted(self) -> list[tuple[ChallengeState, int]]:
        """The state and the number of skills of each challenge."""
        with self.services.database.read() as connection:
            rows = connection.execute(challenges.select()).all()
        return [(row.state, len(row.skills)) for row in rows]


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
    result = CliRunner().invoke(app, ["post", *arguments])
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
        (["{file}", "--token", "t", "--url", "http://127.0.0.1:1"], "服务连不上"),
    ],
    ids=["no file", "no such file", "no token", "no server"],
)
def test_a_mistake_gets_a_sentence(tmp_path: Path, arguments: list[str], says: str) -> None:
    file = tmp_path / "posts.csv"
    file.write_text(printed("--template"), encoding="utf-8")
    given = [argument.format(file=file) for argument in arguments]
    result = CliRunner().invoke(app, ["post", *given], env={"COLUMNS": "200", "JIEBANG_TOKEN": None})
    assert result.exit_code in (1, 2)
    assert says in result.output
    assert isinstance(result.exception, SystemExit)
