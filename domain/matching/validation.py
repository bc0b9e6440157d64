"""What the engine accepts: checks that name the input to blame, and the normalising of weights."""

import math
from collections.abc import Sequence
from dataclasses import fields, replace

from domain.matching.errors import (
    EmptyNeed,
    InvalidHours,
    InvalidLevel,
    InvalidLimit,
    InvalidPolicy,
    InvalidWeight,
    RepeatedSkill,
    UnknownSkill,
)
from domain.matching.model import HIGHEST_LEVEL, LOWEST_LEVEL, Need, Policy, SkillNeed, Supply
from domain.matching.taxonomy import Taxonomy

WEIGHTS_TOLERANCE = 1e-6
ROUNDING = 1e-12
"""More than the sum of a need's normalised weights is ever off by."""
_FRACTIONS = ("uncertified", "sibling", "cousin", "exposure_band")
_TERMS = ("coverage", "focus", "balance", "availability", "site")


def validate_need(need: Need, taxonomy: Taxonomy) -> None:
    """Check a need before it is stored or ranked.

    Raises EmptyNeed, UnknownSkill, RepeatedSkill, InvalidLevel, InvalidWeight (each weight finite and above
    zero, their sum 1 within 1e-6) or InvalidHours.
    """
    if not need.skills:
        raise EmptyNeed(field="skills", challenge_id=need.challenge_id)
    seen: set[str] = set()
    for position, wanted in enumerate(need.skills):
        _check_skill_need(wanted, taxonomy, f"skills.{position}")
        if wanted.skill in seen:
            raise RepeatedSkill(wanted.skill, field=f"skills.{position}.skill")
        seen.add(wanted.skill)
    total = math.fsum(wanted.weight for wanted in need.skills)
    if abs(total - 1) > WEIGHTS_TOLERANCE:
        raise InvalidWeight(field="skills", total=total, wanted=1)
    _check_hours(need.hours_per_week)


def _check_skill_need(wanted: SkillNeed, taxonomy: Taxonomy, field: str) -> None:
    if wanted.skill not in taxonomy:
        raise UnknownSkill(wanted.skill, field=f"{field}.skill")
    if not LOWEST_LEVEL <= wanted.level <= HIGHEST_LEVEL:
        raise InvalidLevel(wanted.level, LOWEST_LEVEL, HIGHEST_LEVEL, field=f"{field}.level")
    if not (math.isfinite(wanted.weight) and wanted.weight > 0):
        raise InvalidWeight(field=f"{field}.weight", weight=wanted.weight)


def _check_hours(hours: float) -> None:
    if not (math.isfinite(hours) and hours >= 0):
        raise InvalidHours(hours, field="hours_per_week")


def validate_supply(supply: Supply, taxonomy: Taxonomy) -> None:
    """Check a team before it is stored. Raises UnknownSkill, InvalidLevel or InvalidHours."""
    for code, levels in supply.skills.items():
        if code not in taxonomy:
            raise UnknownSkill(code, field=f"skills.{code}")
        for level in (levels.certified, levels.self_rated):
            if not 0 <= level <= HIGHEST_LEVEL:
                raise InvalidLevel(level, 0, HIGHEST_LEVEL, field=f"skills.{code}")
    _check_hours(supply.hours_per_week)


def validate_policy(policy: Policy) -> None:
    """Check a policy: finite numbers, fractions within 0 to 1, term weights at least 0, cousin ≤ sibling.

    Raises InvalidPolicy, naming the number.
    """
    for entry in fields(policy):
        value = getattr(policy, entry.name)
        if entry.name in _FRACTIONS and not 0 <= value <= 1:
            raise InvalidPolicy(field=entry.name, value=value, lowest=0, highest=1)
        if entry.name in _TERMS and not (math.isfinite(value) and value >= 0):
            raise InvalidPolicy(field=entry.name, value=value, lowest=0)
    if policy.cousin > policy.sibling:
        raise InvalidPolicy(field="cousin", value=policy.cousin, highest=policy.sibling)


def validate_limit(k: int) -> None:
    """A ranking has at least one place; more places than teams just rank them all. Raises InvalidLimit."""
    if k < 1:
        raise InvalidLimit(k)


def normalise_weights(skills: Sequence[SkillNeed]) -> tuple[SkillNeed, ...]:
    """The same skills with weights scaled to sum 1; what does already, but for rounding, stays as it is.

    Raises InvalidWeight where that is impossible.
    """
    for position, wanted in enumerate(skills):
        if not (math.isfinite(wanted.weight) and wanted.weight > 0):
            raise InvalidWeight(field=f"skills.{position}.weight", weight=wanted.weight)
    total = math.fsum(wanted.weight for wanted in skills)
    if not math.isfinite(total):
        raise InvalidWeight(field="skills", total=total, wanted=1)
    if abs(total - 1) < ROUNDING:
        return tuple(skills)
    return tuple(replace(wanted, weight=wanted.weight / total) for wanted in skills)
