"""Whoever asks for what cannot be gets a sentence and a code that is not 0, and never a traceback."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from jiebang.cli import app
from jiebang.one_process import only_one_in

EVERYWHERE = "0.0.0.0"  # noqa: S104 - it is what must not be served to
NO_SERVICES = {
    "JIEBANG_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none",
    "JIEBANG_KAFKA": "127.0.0.1:1",
    "JIEBANG_ELASTICSEARCH": "http://127.0.0.1:1",
}


def refusal(home: Path, command: str, **environment: str) -> str:
    """What a command says before it ends."""
    result = CliRunner().invoke(
        app,
        command.split(),
        env={"JIEBANG_HOME": str(home), "JIEBANG_PORT": "0", "COLUMNS": "200"} | environment,
    )
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (1, 2)
    return result.output


@pytest.mark.parametrize(
    "command", ["dlq list", "dlq show 1", "dlq requeue 1", "search rebuild", "seed", "outcomes export"]
)
def test_in_a_fresh_folder(tmp_path: Path, command: str) -> None:
    said = "The database is empty: run `jiebang migrate`, or `jiebang run`, which does it.\n"
    assert refusal(tmp_path, command) == said


@pytest.mark.parametrize("command", ["dlq show", "dlq requeue"])
@pytest.mark.parametrize("number", [7, 10**23])
def test_a_dead_letter_that_is_not_there(tmp_path: Path, command: str, number: int) -> None:
    CliRunner().invoke(app, ["migrate"], env={"JIEBANG_HOME": str(tmp_path)})
    assert refusal(tmp_path, f"{command} {number}") == f"There is no dead letter {number}.\n"


@pytest.mark.parametrize("command", ["api", "relay", "worker core", "worker index"])
def test_a_process_of_the_scaled_form_without_services(tmp_path: Path, command: str) -> None:
    assert refusal(tmp_path, command).startswith(f"`jiebang {command}` belongs to the scaled form: set ")


def test_the_embedded_form_with_services(tmp_path: Path) -> None:
    assert refusal(tmp_path, "run", **NO_SERVICES).startswith("`jiebang run` is the embedded form.")


@pytest.mark.parametrize("command", ["api", "relay", "worker core", "worker index", "migrate", "dlq list"])
def test_a_database_that_does_not_answer(tmp_path: Path, command: str) -> None:
    said = refusal(tmp_path, command, **NO_SERVICES)
    assert said.startswith("The database cannot be used: connection failed")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "abc", "JIEBANG_PORT: Input should be a valid integer"),
        ("PORT", "99999", "JIEBANG_PORT: Input should be less than or equal to 65535"),
        ("TRUSTED_HOSTS", "example.com", "JIEBANG_TRUSTED_HOSTS has to be JSON"),
        ("GENERATIONS", "2", "JIEBANG_GENERATIONS: Input should be a valid dictionary"),
        ("GENERATIONS", '{"progress": 0}', "JIEBANG_GENERATIONS.PROGRESS: "),
        ("RATE_LIMIT", "often", "JIEBANG_RATE_LIMIT: a number of requests and a time, such as 600/minute"),
        ("ELASTICSEARCH", "node", "JIEBANG_ELASTICSEARCH: the node's address with its port"),
        ("KAFKA", "127.0.0.1:1", "also set JIEBANG_DATABASE_URL and JIEBANG_ELASTICSEARCH"),
        ("SMTP_URL", "mail", "JIEBANG_SMTP_URL: an SMTP server is smtp://"),
    ],
)
@pytest.mark.parametrize("command", ["run", "dlq list", "outcomes export"])
def test_a_wrong_setting(tmp_path: Path, command: str, name: str, value: str, says: str) -> None:
    assert says in refusal(tmp_path, command, **{f"JIEBANG_{name}": value})


def test_sqlite_in_the_scaled_form(tmp_path: Path) -> None:
    wrong = NO_SERVICES | {"JIEBANG_DATABASE_URL": "sqlite:///x"}
    assert "has to name a PostgreSQL database" in refusal(tmp_path, "api", **wrong)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert refusal(tmp_path / "file" / "home", "dlq list") == f"{tmp_path}/file/home: Not a directory\n"


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "jiebang.sqlite3").write_text("something else " * 100)
    assert refusal(tmp_path, "run") == "The database cannot be used: file is not a database\n"


def test_a_second_process_on_the_same_folder(tmp_path: Path) -> None:
    with only_one_in(tmp_path):
        said = refusal(tmp_path, "run")
    assert said.startswith(f"Jiebang runs in {tmp_path} already: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "reached", [{"JIEBANG_HOST": EVERYWHERE}, {"JIEBANG_PUBLIC_URL": "https://jiebang.example.com"}]
)
def test_sample_data_is_not_served_to_others(tmp_path: Path, reached: dict[str, str]) -> None:
    for command in ("migrate", "seed"):
        CliRunner().invoke(app, [command], env={"JIEBANG_HOME": str(tmp_path)})
    said = refusal(tmp_path, "run", **reached)
    assert said.startswith("This folder holds sample data, whose password is published: ")
    assert said.count("\n") == 1


def test_a_new_generation_of_a_consumer_that_tells_people(tmp_path: Path) -> None:
    said = refusal(tmp_path, "run", JIEBANG_GENERATIONS='{"notifier": 2}')
    assert said.startswith("JIEBANG_GENERATIONS names notifier, but only indexer and progress may begin anew")
