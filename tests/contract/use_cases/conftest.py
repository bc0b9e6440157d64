"""A small market in each of the two databases."""

import pytest

from domain.matching.taxonomy import Taxonomy
from infra.unit_of_work import Store
from tests.market import Market, build_market


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return Taxonomy.load()


@pytest.fixture
def market(store: Store, taxonomy: Taxonomy) -> Market:
    return build_market(store, taxonomy)
