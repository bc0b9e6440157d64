"""Where a start puts sample data, and what it says where it puts none."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.settings import Settings
from jiebang.maintenance import Beginning, begin, is_vacant, prepare
from jiebang.one_process import RunningAlready, only_one_in
from jiebang.welcome import welcome

EVERYWHERE = "0.0.0.0"  # noqa: S104 - it is what must not be served to
HOLD = """
import sys, threading
from pathlib import Path
from jiebang.one_process import only_one_in

with only_one_in(Path(sys.argv[1])):
    print("held", flush=True)
    threading.Event().wait()
"""


@pytest.mark.parametrize(
    ("given", "reached"),
    [
        ({}, False),
        ({"host": "localhost"}, False),
        ({"host": "127.0.0.2"}, False),
        ({"host": "::1"}, False),
        ({"public_url": "http://127.0.0.1:8000"}, False),
        ({"public_url": "http://[::1]:8000"}, False),
        ({"host": EVERYWHERE}, True),
        ({"host": "::"}, True),
        ({"host": "192.0.2.7"}, True),
        ({"host": "jiebang.example.com"}, True),
        ({"public_url": "https://jiebang.example.com"}, True),
    ],
)
def test_who_can_reach_it(given: dict[str, Any], reached: bool) -> None:
    assert Settings(**given).reached_by_others is reached


@pytest.mark.parametrize(
    ("given", "withheld"), [({"samples": False}, False), ({"host": EVERYWHERE}, True), ({"host": "::"}, True)]
)
def test_a_start_without_sample_data(tmp_path: Path, given: dict[str, Any], withheld: bool) -> None:
    settings = Settings(home=tmp_path, **given)
    prepare(settings)
    beginning = begin(settings)
    assert beginning == Beginning(vacant=True, withheld=withheld)
    assert is_vacant(settings)
    said = welcome("http://127.0.0.1:8000", beginning)
    assert "make the first administrator with `jiebang administrator" in said
    assert ("No sample data" in said) is withheld
    assert "jiebang-sample" not in said


def test_a_start_with_sample_data(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    prepare(settings)
    beginning = begin(settings)
    assert beginning.samples is not None
    assert not is_vacant(settings)
    again = begin(settings.model_copy(update={"samples": False}))
    assert again == beginning
    said = welcome("http://127.0.0.1:8000", beginning)
    assert "jiebang-sample" in said
    assert "Nobody can sign in" not in said


def test_the_lock_goes_with_its_process(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(RunningAlready), only_one_in(tmp_path):
                pass
        finally:
            holder.kill()
    with only_one_in(tmp_path):
        pass
