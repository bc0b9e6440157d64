"""Profiles survive packing, and members combine by maximum."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.matching.errors import InvalidLevel
from domain.matching.model import Levels, Member
from domain.matching.profile import (
    pack_levels,
    pack_profile,
    supply_of,
    unpack_levels,
    unpack_profile,
)
from domain.matching.words import LEVELS_OF_CODE, pack_word, unpack_word
from tests.unit.domain.matching.instances import codes, levels


@given(st.dictionaries(codes, levels))
def test_a_profile_comes_back_as_it_was(skills: dict[str, Levels]) -> None:
    assert unpack_profile(pack_profile(skills)) == skills
    assert all(unpack_levels(pack_levels(one)) == one for one in skills.values())


@pytest.mark.parametrize("byte", [6, 7, 6 << 3, 64])
def test_a_byte_that_stands_for_no_level_is_refused(byte: int) -> None:
    with pytest.raises(InvalidLevel):
        unpack_levels(byte)


def test_words_keep_every_level_that_counts() -> None:
    for held in LEVELS_OF_CODE:
        assert unpack_word(pack_word(2047, held)) == (2047, held)
    assert unpack_word(pack_word(7, Levels(4, 2))) == (7, Levels(4, 0))


def test_members_combine_by_maximum() -> None:
    members = [
        Member("a", "甲", "A", {"python": (2, True), "mqtt": (1, False)}),
        Member("b", "乙", "B", {"python": (4, False), "mqtt": (3, False)}),
        Member("c", "丙", "C", {"python": (3, False)}),
    ]
    team = supply_of("t", 2, members, schools=["x", "x"], hours_per_week=6, city="宁波")
    assert team.skills == {"python": Levels(2, 4), "mqtt": Levels(0, 3)}
    assert (team.schools, team.available) == (frozenset({"x"}), True)
    with pytest.raises(InvalidLevel):
        supply_of("t", 1, [Member("a", "甲", "A", {"python": (0, True)})], schools=[], hours_per_week=1)
