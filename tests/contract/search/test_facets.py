"""Counts beside the hits, and what they narrow."""

from search.catalogue import Catalogue
from search.queries import CatalogueQuery, Facet, FacetName, SearchPage
from tests.contract.search.sample import ADMINISTRATOR, counts, found, ids


def page(catalogue: Catalogue, **fields: object) -> SearchPage:
    return catalogue.search(CatalogueQuery(viewer=ADMINISTRATOR, **fields))  # type: ignore[arg-type]


def test_every_facet_counts_what_is_found(listed: Catalogue) -> None:
    everything = page(listed)
    assert everything.total == 8
    assert everything.facets == {
        FacetName.STATE: (Facet("open", 5), Facet("judging", 2), Facet("draft", 1)),
        FacetName.FACTORY: (Facet("east", 4), Facet("west", 4)),
        FacetName.SKILL: (Facet("vibration", 4), Facet("cnc", 2), Facet("plc", 2), Facet("vision", 2)),
        FacetName.INDUSTRY: (Facet("machining", 6), Facet("maintenance", 1), Facet("moulding", 1)),
        FacetName.REWARD: (
            Facet("0-5000", 2),
            Facet("5000-10000", 3),
            Facet("10000-20000", 1),
            Facet("20000-50000", 1),
            Facet("50000-", 1),
        ),
    }


def test_counts_follow_the_words(listed: Catalogue) -> None:
    assert counts(page(listed, text="cnc"), FacetName.STATE) == {"open": 1, "judging": 1}
    assert counts(page(listed, text="没有这个词"), FacetName.STATE) == {}


def test_a_choice_narrows_the_hits_and_the_other_facets_but_not_its_own(listed: Catalogue) -> None:
    judging = page(listed, states=frozenset({"judging"}))
    assert set(ids(judging)) == {"c-04", "c-07"}
    assert judging.total == 2
    assert counts(judging, FacetName.STATE) == {"open": 5, "judging": 2, "draft": 1}
    assert counts(judging, FacetName.FACTORY) == {"east": 1, "west": 1}
    assert counts(judging, FacetName.SKILL) == {"cnc": 1, "plc": 1, "vibration": 1, "vision": 1}


def test_choices_in_two_facets_count_sideways_of_each_other(listed: Catalogue) -> None:
    both = page(listed, states=frozenset({"open"}), factories=frozenset({"west"}))
    assert set(ids(both)) == {"c-03", "c-05", "c-06"}
    assert counts(both, FacetName.STATE) == {"open": 3, "judging": 1}
    assert counts(both, FacetName.FACTORY) == {"east": 2, "west": 3}
    assert counts(both, FacetName.INDUSTRY) == {"machining": 1, "maintenance": 1, "moulding": 1}


def test_values_of_one_facet_are_alternatives(listed: Catalogue) -> None:
    assert found(listed, skills=frozenset({"cnc", "vision"})) == {"c-02", "c-04", "c-06", "c-07"}
    assert found(listed, industries=frozenset({"moulding", "maintenance"})) == {"c-03", "c-05"}


def test_a_skill_is_chosen_by_its_whole_code(listed: Catalogue) -> None:
    assert found(listed, skills=frozenset({"cn"})) == set()
    assert found(listed, skills=frozenset({"vi"})) == set()
    assert found(listed, states=frozenset({"op%", "' OR 1"})) == set()


def test_bounds_of_the_reward_are_included(listed: Catalogue) -> None:
    assert found(listed, reward_min=15_000, reward_max=20_000) == {"c-02", "c-03"}
    assert found(listed, reward_min=60_000) == {"c-05"}
    assert found(listed, reward_max=0) == {"c-08"}


def test_the_reward_facet_counts_beyond_its_own_bounds(listed: Catalogue) -> None:
    rich = page(listed, reward_min=50_000)
    assert counts(rich, FacetName.REWARD) == counts(page(listed), FacetName.REWARD)
    assert counts(rich, FacetName.STATE) == {"open": 1}
