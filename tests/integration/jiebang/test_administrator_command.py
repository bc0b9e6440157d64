"""`jiebang administrator`, as an operator runs it on a new installation."""

from pathlib import Path

from domain.organisations import OrganisationKind, Role
from infra.accounts import Passwords, password_of
from infra.database import Database
from infra.queries.organisation_lines import organisations_of_kind
from infra.queries.people_lines import people_of
from infra.settings import Settings
from tests.integration.jiebang.test_password_command import NEW, run

NAMES = ("--name-zh", "韩梅", "--name-en", "Han Mei")
COLLEGE = (
    "--college-zh",
    "产业学院",
    "--college-en",
    "Industry College",
    "--city",
    "常州",
    "--province",
    "江苏",
)


def test_the_first_administrators(tmp_path: Path) -> None:
    assert run(tmp_path, "migrate").returncode == 0
    lacking = run(tmp_path, "administrator", "han.mei", *NAMES, typed=NEW)
    assert lacking.returncode == 2
    assert lacking.stderr.endswith("also give --college-zh, --college-en, --city, --province.\n")
    weak = run(tmp_path, "administrator", "han.mei", *NAMES, *COLLEGE, typed="password123\n")
    assert (weak.returncode, "common" in weak.stderr) == (2, True)
    first = run(tmp_path, "administrator", "han.mei", *NAMES, *COLLEGE, typed=f"{NEW}\n")
    assert first.returncode == 0, first.stderr
    assert NEW not in first.stdout + first.stderr
    taken = run(tmp_path, "administrator", "han.mei", *NAMES, typed=f"{NEW}\n")
    assert taken.returncode == 2
    assert taken.stderr == "login: Somebody signs in as han.mei already. Choose another login.\n"
    wrong = run(tmp_path, "administrator", "Han Mei", *NAMES, typed=f"{NEW}\n")
    assert wrong.stderr.startswith("login: Use small Latin letters")
    second = run(tmp_path, "administrator", "li.lei", *NAMES, "--generate")
    made = second.stdout.splitlines()[0].removeprefix("Password / 密码: ")
    with Database(Settings(home=tmp_path).store_url).read() as connection:
        (college,) = organisations_of_kind(connection, OrganisationKind.SCHOOL)
        people, _ = people_of(connection, college.id, None, 10)
        kept = {login: password_of(connection, login) for login in ("han.mei", "li.lei")}
    assert (college.zh, college.city) == ("产业学院", "常州")
    assert [(one.login, one.roles) for one in people] == [
        ("han.mei", frozenset({Role.ADMINISTRATOR})),
        ("li.lei", frozenset({Role.ADMINISTRATOR})),
    ]
    for login, password in (("han.mei", NEW), ("li.lei", made)):
        found = kept[login]
        assert found is not None
        assert Passwords().fits(password, found[1])
