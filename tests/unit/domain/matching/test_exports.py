"""What the package exports, and that its words alone do not load the engine."""

import subprocess
import sys

import pytest

import domain.matching as matching
from tests.unit.domain.matching.instances import TAXONOMY, many_needs, many_teams


@pytest.mark.parametrize("name", matching.__all__)
def test_every_exported_name_is_there(name: str) -> None:
    found = getattr(matching, name)
    assert found.__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        matching.__getattr__("nonsense")


def test_the_words_alone_do_not_load_the_engine() -> None:
    code = "import sys, domain.matching.model; sys.exit('numpy' in sys.modules or 'numba' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], check=False)  # the code above
    assert run.returncode == 0


WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
from domain.matching import AllocationPolicy, Instance, Lecturer, Project, Student, TeamIndex, allocate
from tests.unit.domain.matching.instances import TAXONOMY, many_needs, many_teams
index = TeamIndex.from_profiles(many_teams(5000, seed=1), TAXONOMY)
print([(hit.id, hit.score) for hit in index.rank(many_needs(1, seed=2)[0], 10)])
instance = Instance([Student("s", ("p",))], [Project("p", "l")], [Lecturer("l", 1)])
assert allocate(instance, AllocationPolicy.MIN_COST).pairs == {"s": "p"}
"""


def test_without_numba_the_results_are_the_same() -> None:
    index = matching.TeamIndex.from_profiles(many_teams(5000, seed=1), TAXONOMY)
    expected = [(hit.id, hit.score) for hit in index.rank(many_needs(1, seed=2)[0], 10)]
    run = subprocess.run(  # the code above
        [sys.executable, "-c", WITHOUT_NUMBA], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == str(expected)
