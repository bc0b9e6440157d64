"""The look-up tables of a query say what the functions of the score say."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from domain.matching.kinship import COUSIN, SAME, SIBLING, UNRELATED, Kinship
from domain.matching.score import eligible, has_mentors, site_of
from domain.matching.vocabulary import MOST_SHORT, Interned, Places, SchoolSets
from tests.unit.domain.matching.instances import TAXONOMY, places, provinces, schools


@given(st.lists(st.tuples(places, provinces)), places, provinces)
def test_places_know_how_near_they_are(
    known: list[tuple[str | None, str | None]], city: str | None, province: str | None
) -> None:
    shared = Places()
    numbers = shared.numbers(known)
    near = shared.nearness(city, province)
    assert [near[number] for number in numbers] == [site_of(place, (city, province)) for place in known]


@given(st.lists(schools), st.lists(schools), schools, schools)
def test_sets_of_schools_know_whether_they_are_admitted(
    first: list[frozenset[str]], more: list[frozenset[str]], let_in: frozenset[str], full: frozenset[str]
) -> None:
    shared = SchoolSets()
    shared.numbers(first)
    shared.numbers(more)
    assert shared.admitted(let_in | {"unknown"} if let_in else let_in, full | {"unknown"}).tolist() == [
        eligible(let_in, one) and has_mentors(one, full) for one in shared.values
    ]


def test_numbers_take_two_bytes_while_they_fit() -> None:
    shared: Interned[int] = Interned()
    assert shared.numbers(range(MOST_SHORT)).itemsize == 2
    assert shared.numbers([0, MOST_SHORT]).tolist() == [0, MOST_SHORT]
    assert shared.numbers([7]).tolist() == [7]


@given(st.lists(st.integers(0, len(TAXONOMY) - 1), min_size=1, max_size=6, unique=True))
def test_kinds_are_those_of_the_tree(wanted: list[int]) -> None:
    kinship = Kinship.of(TAXONOMY)
    similar = {UNRELATED: 0.0, COUSIN: 0.25, SIBLING: 0.5, SAME: 1.0}
    for row, target in zip(kinship.kinds(np.array(wanted), True), wanted, strict=True):
        code = TAXONOMY.skills[target].code
        assert [similar[kind] for kind in row.tolist()] == [
            TAXONOMY.similarity(code, skill.code) for skill in TAXONOMY
        ]
    alone = kinship.kinds(np.array(wanted), False)
    assert alone.nonzero()[1].tolist() == wanted
    assert set(alone[alone > 0].tolist()) == {SAME}
