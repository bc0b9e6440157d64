"""Bad needs, teams, policies and limits have named errors that say which input is to blame."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from domain.errors import DomainError
from domain.matching.errors import (
    EmptyNeed,
    InvalidHours,
    InvalidLevel,
    InvalidLimit,
    InvalidPolicy,
    InvalidProfile,
    InvalidWeight,
    RepeatedSkill,
    UnknownSkill,
)
from domain.matching.index import ChallengeIndex, TeamIndex
from domain.matching.model import Levels, Need, Policy, SkillNeed, Supply, TeamRow
from domain.matching.validation import (
    normalise_weights,
    validate_need,
    validate_policy,
    validate_supply,
)
from tests.unit.domain.matching.instances import TAXONOMY, arrays_of

GOOD = Need("c", 1, (SkillNeed("python", 3, 0.5), SkillNeed("mqtt", 1, 0.5)), 4, None, None, True)
NAN, INFINITE = float("nan"), float("inf")


def with_skill(skill: SkillNeed) -> Need:
    return replace(GOOD, skills=(SkillNeed("mqtt", 1, 0.5), skill))


@pytest.mark.parametrize(
    ("need", "error", "field"),
    [
        (replace(GOOD, skills=()), EmptyNeed, "skills"),
        (with_skill(SkillNeed("telegraphy", 1, 0.5)), UnknownSkill, "skills.1.skill"),
        (with_skill(SkillNeed("mqtt", 2, 0.5)), RepeatedSkill, "skills.1.skill"),
        (with_skill(SkillNeed("python", 0, 0.5)), InvalidLevel, "skills.1.level"),
        (with_skill(SkillNeed("python", 6, 0.5)), InvalidLevel, "skills.1.level"),
        (with_skill(SkillNeed("python", 1, NAN)), InvalidWeight, "skills.1.weight"),
        (with_skill(SkillNeed("python", 1, INFINITE)), InvalidWeight, "skills.1.weight"),
        (with_skill(SkillNeed("python", 1, 0.0)), InvalidWeight, "skills.1.weight"),
        (with_skill(SkillNeed("python", 1, 0.4)), InvalidWeight, "skills"),
        (replace(GOOD, hours_per_week=NAN), InvalidHours, "hours_per_week"),
        (replace(GOOD, hours_per_week=-1), InvalidHours, "hours_per_week"),
    ],
)
def test_a_bad_need_is_named(need: Need, error: type[DomainError], field: str) -> None:
    with pytest.raises(error) as found:
        validate_need(need, TAXONOMY)
    assert found.value.field == field
    with pytest.raises(error):
        TeamIndex.build([], TAXONOMY).rank(need, 5)
    with pytest.raises(error):
        ChallengeIndex.build([need], TAXONOMY)


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        (Policy(coverage=NAN), "coverage"),
        (Policy(site=-0.1), "site"),
        (Policy(uncertified=1.1), "uncertified"),
        (Policy(sibling=NAN), "sibling"),
        (Policy(sibling=0.2, cousin=0.3), "cousin"),
    ],
)
def test_a_bad_policy_is_named(policy: Policy, field: str) -> None:
    with pytest.raises(InvalidPolicy) as found:
        validate_policy(policy)
    assert found.value.field == field


def test_a_bad_supply_is_named() -> None:
    team = Supply("t", 1, {"python": Levels(1)}, frozenset(), 4, None, None)
    validate_supply(team, TAXONOMY)
    with pytest.raises(UnknownSkill):
        validate_supply(replace(team, skills={"telegraphy": Levels(1)}), TAXONOMY)
    with pytest.raises(InvalidLevel):
        validate_supply(replace(team, skills={"python": Levels(6)}), TAXONOMY)
    with pytest.raises(InvalidLevel):
        TeamIndex.build([replace(team, skills={"python": Levels(6)})], TAXONOMY)
    with pytest.raises(InvalidHours):
        validate_supply(replace(team, hours_per_week=INFINITE), TAXONOMY)


@pytest.mark.parametrize("profile", ["python", "python:x", ":8", "python:8 python:9"])
def test_a_malformed_profile_is_named(profile: str) -> None:
    with pytest.raises(InvalidProfile):
        TeamIndex.from_profiles([TeamRow("t", 1, profile, (), 4, None, None)], TAXONOMY)


COLUMNS = arrays_of(
    [
        Supply("a", 1, {"python": Levels(1), "mqtt": Levels(2)}, frozenset(), 4, None, None),
        Supply("b", 1, {"python": Levels(5)}, frozenset({"north"}), 4, "宁波", "浙江"),
    ]
)


@pytest.mark.parametrize(
    ("name", "column", "error"),
    [
        ("ids", np.array([b"a", b"a"]), ValueError),
        ("versions", np.array([1]), ValueError),
        ("starts", np.array([0, 2]), ValueError),
        ("starts", np.array([1, 2, 3]), ValueError),
        ("starts", np.array([0, 4, 3]), ValueError),
        ("levels", np.array([1, 2]), ValueError),
        ("levels", np.array([1, 2, 6]), InvalidLevel),
        ("levels", np.array([1, 2, -1]), InvalidLevel),
        ("levels", np.array([1, 2, 400]), InvalidLevel),
        ("skills", np.array([0, 1, len(TAXONOMY)]), UnknownSkill),
        ("skills", np.array([0, -1, 1]), UnknownSkill),
        ("skills", np.array([3, 3, 1]), RepeatedSkill),
        ("hours_per_week", np.array([4.0, NAN]), InvalidHours),
        ("hours_per_week", np.array([-1.0, 4.0]), InvalidHours),
        ("places", np.array([0, 2]), ValueError),
        ("schools", np.array([-1, 0]), ValueError),
    ],
)
def test_a_bad_column_is_named(name: str, column: Any, error: type[DomainError] | type[ValueError]) -> None:
    with pytest.raises(error) as found:
        TeamIndex.from_arrays(replace(COLUMNS, **{name: column}), TAXONOMY)
    field = found.value.field if isinstance(found.value, DomainError) else str(found.value)
    assert field is not None
    assert name in field


def test_a_ranking_has_at_least_one_place() -> None:
    index = TeamIndex.build([], TAXONOMY)
    assert index.rank(GOOD, 1) == []
    with pytest.raises(InvalidLimit):
        index.rank(GOOD, 0)
    with pytest.raises(InvalidLimit):
        ChallengeIndex.build([], TAXONOMY).rank(Supply("t", 1, {}, frozenset(), 4, None, None), -1)


def test_weights_are_scaled_to_sum_1() -> None:
    scaled = normalise_weights([SkillNeed("python", 1, 3), SkillNeed("mqtt", 1, 1)])
    assert [wanted.weight for wanted in scaled] == [0.75, 0.25]
    rounded = normalise_weights([SkillNeed(str(n), 1, weight) for n, weight in enumerate((9, 8, 9, 9))])
    assert normalise_weights(rounded) == rounded
    with pytest.raises(InvalidWeight):
        normalise_weights([SkillNeed("python", 1, NAN)])
