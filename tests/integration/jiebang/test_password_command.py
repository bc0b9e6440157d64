"""`jiebang password`, as an operator runs it."""

import os
import subprocess
import sys
from pathlib import Path

from infra.accounts import Passwords, password_of, person_of_login
from infra.database import Database
from infra.sessions import open_session
from infra.settings import Settings
from infra.system import SystemClock
from infra.tables.access import sessions

NEW = "a spindle shakes at dawn"


def run(home: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jiebang", *arguments]
    environment = os.environ | {"JIEBANG_HOME": str(home)}
    return subprocess.run(
        command, input=typed, env=environment, capture_output=True, text=True, timeout=170, check=False
    )


def test_the_operator_gives_somebody_another_password(tmp_path: Path) -> None:
    for command in ("migrate", "seed"):
        done = run(tmp_path, command)
        assert done.returncode == 0, done.stderr
    database = Database(Settings(home=tmp_path).store_url)
    with database.write() as connection:
        open_session(connection, person_of_login(connection, "engineer"), SystemClock().now())
        connection.commit()
    unknown = run(tmp_path, "password", "nobody", typed=NEW)
    assert (unknown.returncode, unknown.stderr) == (1, "There is no person who signs in as nobody.\n")
    weak = run(tmp_path, "password", "engineer", typed="engineer01\n")
    assert weak.returncode == 2
    assert "common" in weak.stderr
    done = run(tmp_path, "password", "engineer", typed=f"{NEW}\n")
    assert done.returncode == 0, done.stderr
    assert NEW not in done.stdout + done.stderr
    with database.read() as connection:
        known = password_of(connection, "engineer")
        assert connection.execute(sessions.select()).all() == []
    assert known is not None
    assert Passwords().fits(NEW, known[1])
