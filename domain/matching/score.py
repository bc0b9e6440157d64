"""The score and the gates for one challenge and one team, written as the formula reads.

This is the oracle: the indexes compute the same numbers, bit by bit, over arrays. Every sum runs in the order
of the need's skills and every product in the order written here, because rounding depends on it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from domain.matching.model import Levels, Need, Policy, SkillNeed, Supply
from domain.matching.taxonomy import Side, Skill, Taxonomy

FOCUS_THRESHOLD = 0.5
SAME_CITY, SAME_PROVINCE, ELSEWHERE = 1.0, 0.5, 0.0

Place = tuple[str | None, str | None]


class Gate(StrEnum):
    """What keeps a team out before anything is scored."""

    MANDATORY_SKILL = "mandatory_skill"
    ELIGIBILITY = "eligibility"
    MENTOR_CAPACITY = "mentor_capacity"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class FailedGate:
    """A gate that is closed to a team; the skill and its levels where the gate is a mandatory skill."""

    gate: Gate
    skill: str | None = None
    required: int | None = None
    level: int | None = None


class Terms(NamedTuple):
    """The five terms of a score, each from 0 to 1, before the policy weighs them."""

    coverage: float
    focus: float
    balance: float
    availability: float
    site: float

    def total(self, policy: Policy) -> float:
        """The score: the sum of the terms times the policy's weights."""
        return (
            policy.coverage * self.coverage
            + policy.focus * self.focus
            + policy.balance * self.balance
            + policy.availability * self.availability
            + policy.site * self.site
        )


def score(need: Need, supply: Supply, taxonomy: Taxonomy, policy: Policy) -> float:
    """The score of a team for a challenge, whether or not it passes the gates. Raises UnknownSkill."""
    return terms(need, supply, taxonomy, policy).total(policy)


def terms(need: Need, supply: Supply, taxonomy: Taxonomy, policy: Policy) -> Terms:
    """The five terms. Skills of the team that the taxonomy does not know count for nothing."""
    known = [
        (taxonomy.skill(code), levels)
        for code, levels in supply.skills.items()
        if code in taxonomy and levels.best > 0
    ]
    earned = [earnings(wanted, known, taxonomy, policy) for wanted in need.skills]
    best = [max(row, default=0.0) for row in earned]
    coverage = 0.0
    for wanted, share in zip(need.skills, best, strict=True):
        coverage += wanted.weight * share
    return Terms(
        coverage,
        _focus(earned, len(known)),
        _balance(need, best, taxonomy),
        availability(need.hours_per_week, supply.hours_per_week),
        site(need, supply.city, supply.province),
    )


def similarity(wanted: Skill, held: Skill, policy: Policy) -> float:
    """How far `held` stands in for `wanted` under the policy: 1, its sibling or cousin credit, or 0."""
    if wanted.code == held.code:
        return 1.0
    if not policy.substitutes or wanted.family != held.family:
        return 0.0
    return policy.sibling if wanted.group == held.group else policy.cousin


def credit(similar: float, levels: Levels, required: int, policy: Policy) -> float:
    """What one skill of a team earns towards one required skill."""
    return max(
        trusted_credit(similar, levels.certified, required, 1.0),
        trusted_credit(similar, levels.self_rated, required, policy.uncertified),
    )


def trusted_credit(similar: float, level: int, required: int, trust: float) -> float:
    """What one level earns towards one required skill; `trust` is 1 where the level is certified."""
    return similar * min(1.0, level / required) * trust


def earnings(
    wanted: SkillNeed, skills: Iterable[tuple[Skill, Levels]], taxonomy: Taxonomy, policy: Policy
) -> list[float]:
    """What each of a team's skills earns towards a required skill; the most of them counts, never the sum."""
    target = taxonomy.skill(wanted.skill)
    return [
        credit(similar, levels, wanted.level, policy) if similar > 0 else 0.0
        for held, levels in skills
        for similar in (similarity(target, held, policy),)
    ]


def _focus(earned: Sequence[Sequence[float]], skills: int) -> float:
    """The share of a team's distinct skills that earn at least half credit towards some required skill."""
    useful = sum(any(row[skill] >= FOCUS_THRESHOLD for row in earned) for skill in range(skills))
    return useful / skills if skills else 0.0


def _balance(need: Need, best: Sequence[float], taxonomy: Taxonomy) -> float:
    """One minus the distance between the OT shares of weighted credit and of the need; 0 without credit."""
    total = total_ot = 0.0
    for wanted, share in zip(need.skills, best, strict=True):
        weighted = wanted.weight * share
        total += weighted
        if taxonomy.skill(wanted.skill).side is Side.OT:
            total_ot += weighted
    if total == 0:
        return 0.0
    return 1 - abs(total_ot / total - ot_share(need, taxonomy))


def ot_share(need: Need, taxonomy: Taxonomy) -> float:
    """The share of a need's weight that asks for OT skills."""
    total = total_ot = 0.0
    for wanted in need.skills:
        total += wanted.weight
        if taxonomy.skill(wanted.skill).side is Side.OT:
            total_ot += wanted.weight
    return total_ot / total


def availability(needed: float, offered: float) -> float:
    """The share of the needed weekly hours that a team has; 1 where none are needed."""
    return min(1.0, offered / needed) if needed > 0 else 1.0


def site(need: Need, city: str | None, province: str | None) -> float:
    """1 in the same city or remotely, 0.5 in the same province, else 0."""
    return SAME_CITY if need.remote else site_of((need.city, need.province), (city, province))


def site_of(here: Place, there: Place) -> float:
    """How near two places are, each a city and a province; an unknown place is near to none."""
    if here[0] is not None and here[0] == there[0]:
        return SAME_CITY
    return SAME_PROVINCE if here[1] is not None and here[1] == there[1] else ELSEWHERE


def gates(need: Need, supply: Supply, full_schools: frozenset[str] = frozenset()) -> tuple[FailedGate, ...]:
    """The gates that are closed to a team; empty where it may be ranked."""
    closed = [
        FailedGate(Gate.MANDATORY_SKILL, wanted.skill, wanted.level, level)
        for wanted in need.skills
        if wanted.mandatory and (level := supply.skills.get(wanted.skill, Levels()).best) < wanted.level
    ]
    if not eligible(need.eligible_schools, supply.schools):
        closed.append(FailedGate(Gate.ELIGIBILITY))
    if not has_mentors(supply.schools, full_schools):
        closed.append(FailedGate(Gate.MENTOR_CAPACITY))
    if not supply.available:
        closed.append(FailedGate(Gate.UNAVAILABLE))
    return tuple(closed)


def eligible(eligible_schools: frozenset[str], schools: frozenset[str]) -> bool:
    """Whether one of a team's schools is let in; an empty set of eligible schools lets in every team."""
    return not eligible_schools or not eligible_schools.isdisjoint(schools)


def has_mentors(schools: frozenset[str], full_schools: frozenset[str]) -> bool:
    """Whether one of a team's schools still has mentor capacity; a team without a school needs none."""
    return not schools or not schools <= full_schools
