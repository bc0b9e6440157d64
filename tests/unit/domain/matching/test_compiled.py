"""Where compiled code is kept; in processes of their own, because a process decides it once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from domain.matching import compiled

KERNEL = """
import sys
from pathlib import Path
from domain.matching.compiled import compiled, keep_compiled_in

@compiled
def add(one, other):
    return one + other

keep_compiled_in(Path(sys.argv[1]))
print(add(20, 22))
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """An installed `domain.matching` that compiles one small function."""
    package = tmp_path / "installed" / "domain" / "matching"
    package.mkdir(parents=True)
    shutil.copy(compiled.__file__, package)
    (package / "kernel.py").write_text(KERNEL)
    return package


def run(package: Path, spare: Path, **environment: str) -> str:
    """What the function returns in a new process."""
    inherited = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    found = {**inherited, "PYTHONPATH": str(package.parent.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-m", "domain.matching.kernel", str(spare)],
        env=found | environment,
        cwd=package,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def kept(folder: Path) -> bool:
    return any(folder.rglob("kernels-*/**/*.nbi"))


def make_unwritable(package: Path) -> None:
    """So that nobody can make a folder there, not even root."""
    (package / "__pycache__").write_text("")


def test_compiled_code_stays_beside_its_sources(package: Path, tmp_path: Path) -> None:
    assert run(package, tmp_path / "spare") == "42\n"
    assert kept(package)
    assert not (tmp_path / "spare").exists()


def test_an_installation_that_cannot_be_written_keeps_it_among_its_data(
    package: Path, tmp_path: Path
) -> None:
    make_unwritable(package)
    assert run(package, tmp_path / "spare") == "42\n"
    assert kept(tmp_path / "spare")


def test_it_works_where_nothing_can_be_written(package: Path, tmp_path: Path) -> None:
    make_unwritable(package)
    (tmp_path / "spare").write_text("")
    assert run(package, tmp_path / "spare") == "42\n"


def test_an_operator_may_name_the_place(package: Path, tmp_path: Path) -> None:
    assert run(package, tmp_path / "spare", NUMBA_CACHE_DIR=str(tmp_path / "named")) == "42\n"
    assert kept(tmp_path / "named")
    assert not kept(package)
