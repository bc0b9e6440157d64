"""Options and fixtures for every test."""

import pytest

pytest_plugins = ["tests.services", "tests.chromium", "tests.databases"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--rounds`: how often a fault test repeats its fault."""
    parser.addoption("--rounds", type=int, default=20, help="how often each fault is injected (default 20)")


@pytest.fixture(scope="session")
def rounds(pytestconfig: pytest.Config) -> int:
    """How often a fault test repeats its fault."""
    return int(pytestconfig.getoption("--rounds"))
