from itertools import product

import pytest

from domain.audience import ANYONE, Audience, Viewer, may_see_listing
from search.audience import listing_filter

VIEWERS = [
    ANYONE,
    Viewer(person_id="p"),
    Viewer(person_id="p", organisation_id="f1"),
    Viewer(person_id="p", organisation_id="f1", is_administrator=True),
]


@pytest.mark.parametrize(("viewer", "audience", "owner"), list(product(VIEWERS, Audience, ["f1", "f2"])))
def test_the_filter_says_what_the_rule_says(viewer: Viewer, audience: Audience, owner: str) -> None:
    allowed = listing_filter(viewer)
    let_through = allowed.lets_all_through or audience in allowed.audiences or allowed.owner_id == owner
    assert let_through == may_see_listing(audience, owner, viewer)
