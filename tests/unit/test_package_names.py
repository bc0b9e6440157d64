"""Our packages have short names at the top level: nothing that is installed may use one of them."""

from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(init.parent.name for init in ROOT.glob("*/__init__.py"))


def test_all_packages_are_looked_at() -> None:
    assert {"domain", "infra", "search", "producers", "streams", "api", "jiebang", "tools"} <= set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_has_a_package_of_ours(package: str) -> None:
    assert set(packages_distributions().get(package, ())) <= {"jiebang"}
