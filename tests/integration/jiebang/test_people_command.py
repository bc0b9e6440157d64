"""`jiebang people`: many at once from a file, all or none."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.organisations import OrganisationKind
from domain.use_cases.registering import NewOrganisation, add_organisation
from infra.accounts import Passwords, password_of
from infra.queries.people_lines import people_of
from infra.settings import Settings
from jiebang.cli import app
from jiebang.compose import core
from jiebang.maintenance import prepare

HEADER = "organisation,login,name_zh,name_en,roles,capacity\n"


def jiebang(home: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments), env={"JIEBANG_HOME": str(home), "COLUMNS": "200"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation with a college and nobody in it."""
    settings = Settings(home=tmp_path)
    prepare(settings)
    with core(settings) as of, of.store.begin() as work:
        college = NewOrganisation(OrganisationKind.SCHOOL, "产业学院", "Industry College", "常州", "江苏")
        add_organisation(work, college)
        work.commit()
    return tmp_path


def logins(home: Path) -> list[str]:
    with core(Settings(home=home)) as of, of.database.read() as connection:
        row = connection.exec_driver_sql("select id from organisations").one()
        return [one.login for one in people_of(connection, row[0], None, 10)[0]]


@pytest.mark.parametrize("kind", ["csv", "yaml", "xlsx"])
def test_the_template_registers_its_people(home: Path, kind: str) -> None:
    file, passwords = home / f"people.{kind}", home / "passwords.csv"
    assert jiebang(home, "people", "--template", kind, "--output", str(file))[0] == 0
    code, told = jiebang(home, "people", str(file), "--output", str(passwords))
    assert code == 0, told
    assert passwords.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(passwords.read_text("utf-8-sig").splitlines()))
    assert logins(home) == [row["登录名"] for row in rows] == ["20260301", "mentor.b", "office.c"]
    with core(Settings(home=home)) as of, of.database.read() as connection:
        known = password_of(connection, "mentor.b")
    assert known is not None
    assert Passwords().fits(rows[1]["密码"], known[1])
    code, told = jiebang(home, "people", str(file), "--output", str(home / "again.csv"))
    assert code == 1
    assert "Somebody signs in as 20260301 already" in told
    assert not (home / "again.csv").exists()


def test_all_that_is_wrong_is_told_by_row_and_nobody_is_registered(home: Path) -> None:
    file = home / "people.csv"
    file.write_text(
        HEADER
        + "产业学院,good,甲,A,student,\n"
        + "产业学院,twice,乙,B,student,\n"
        + "industry college,twice,乙,B,student,\n"
        + "别处,elsewhere,丙,C,student,\n"
        + "产业学院,Not One,丁,D,student,\n"
        + "产业学院,engineer,戊,E,engineer,\n"
        + "产业学院,mentor,己,F,导师,\n",
        encoding="utf-8",
    )
    code, told = jiebang(home, "people", str(file), "--output", str(home / "passwords.csv"))
    assert code == 1
    for said in (
        "There is no such organisation",
        "Use small Latin letters",
        "This kind of organisation has no such role",
        "For a mentor, say how many projects",
    ):
        assert said in " ".join(told.split())
    assert told.count("Somebody signs in as twice already") == 2
    assert logins(home) == []
    file.write_text(HEADER + "产业学院,captain,甲,A,captain,\n", encoding="utf-8")
    code, told = jiebang(home, "people", str(file), "--output", str(home / "passwords.csv"))
    assert (code, "captain" in told or "roles" in told) == (1, True)
    assert not (home / "passwords.csv").exists()
