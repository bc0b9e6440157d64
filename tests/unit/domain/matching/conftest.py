"""The shipped taxonomy, read once."""

import pytest

from domain.matching.taxonomy import Taxonomy
from tests.unit.domain.matching.instances import TAXONOMY


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return TAXONOMY
