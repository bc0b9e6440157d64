"""What happens to a test when the machine lacks something that the test needs."""

import os
from typing import NoReturn

import pytest


def lacking(how_to_get_it: str) -> NoReturn:
    """Skip the test with one line that says how to get what is missing; with CI=true, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(how_to_get_it, pytrace=False)
    pytest.skip(how_to_get_it)
