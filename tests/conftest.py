"""Options and fixtures for every test."""

import hypothesis
import pytest

from domain.matching.taxonomy import Taxonomy

# How long an example takes says something of the machine; what it shows does not depend on that.
hypothesis.settings.register_profile(
    "jiebang", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("jiebang")

pytest_plugins = ["tests.services", "tests.chromium", "tests.databases"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--rounds`: how often a fault test repeats its fault."""
    parser.addoption("--rounds", type=int, default=20, help="how often each fault is injected (default 20)")


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    """The shipped skills."""
    return Taxonomy.load()


@pytest.fixture(scope="session")
def rounds(pytestconfig: pytest.Config) -> int:
    """How often a fault test repeats its fault."""
    return int(pytestconfig.getoption("--rounds"))
