"""Why a team fits a challenge: what each skill and term adds, who brings it, what would change the rank."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from domain.matching.score import FailedGate

# The parts are named tuples because a page of explanations has hundreds: they are made four times as fast.


class Basis(StrEnum):
    """What a skill's credit rests on."""

    CERTIFIED = "certified"
    SELF_RATED = "self_rated"
    SUBSTITUTE = "substitute"
    MISSING = "missing"


class SkillLine(NamedTuple):
    """One required skill: what earns its credit and what that adds to the score.

    `level` is the level of the skill that earns the credit: the required one or, where `substitute` names
    it, the one that stands in. `provider` is the student who brings it, None where nobody is known to.
    `contribution` and `maximum` are in points of the score.
    """

    skill: str
    weight: float
    mandatory: bool
    required: int
    level: int
    provider: str | None
    basis: Basis
    substitute: str | None
    similarity: float
    credit: float
    contribution: float
    maximum: float


class TermLine(NamedTuple):
    """One of the terms focus, balance, availability and site; `value` from 0 to 1, the rest in points."""

    term: str
    value: float
    contribution: float
    maximum: float


class Counterfactual(NamedTuple):
    """What the team would score and rank with one skill raised to the required level, or certified there.

    `certified` says of which kind the new level is. `new_rank` is None where the ranking is not known or a
    gate would still be closed.
    """

    skill: str
    from_level: int
    to_level: int
    certified: bool
    gain: float
    new_score: float
    new_rank: int | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole score, taken apart: the contributions of `skills` and `terms` sum to it within 1e-9.

    `missing` holds the skills that no member has at all, the weightiest first; `counterfactuals` only what
    would raise the score, the best first. `rank` is None where a gate is closed or the ranking is not known.
    """

    challenge_id: str
    team_id: str
    policy_version: int
    score: float
    rank: int | None
    eligible: bool
    failed_gates: tuple[FailedGate, ...]
    skills: tuple[SkillLine, ...]
    terms: tuple[TermLine, ...]
    missing: tuple[str, ...]
    counterfactuals: tuple[Counterfactual, ...]
