"""What the package exports, and that its words alone do not load the engine."""

import subprocess
import sys

import pytest

import domain.matching as matching


@pytest.mark.parametrize("name", matching.__all__)
def test_every_exported_name_is_there(name: str) -> None:
    found = getattr(matching, name)
    assert found.__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        matching.__getattr__("nonsense")


def test_the_words_alone_do_not_load_the_engine() -> None:
    code = "import sys, domain.matching.model; sys.exit('numpy' in sys.modules or 'numba' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], check=False)  # noqa: S603  # the code above
    assert run.returncode == 0
