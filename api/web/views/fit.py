"""How a team fits a challenge, in the form that strips, stubs and ranking rows show."""

from dataclasses import dataclass
from enum import StrEnum

from api.services import Ranking
from api.web.figures import Basis, FitPart, whole_points
from api.web.i18n import called
from domain.matching.explainer import explain
from domain.matching.explanation import Explanation, SkillLine
from domain.matching.model import Need, Supply
from domain.matching.score import FailedGate
from domain.matching.taxonomy import Skill, Taxonomy

BASES: dict[str, Basis] = {
    "certified": "certified",
    "self_rated": "self_rated",
    "substitute": "substitute",
    "missing": "missing",
}
READY = 80
"""From so many points on, a team that passes every gate is asked to bid."""


class Why(StrEnum):
    """The one reason that stands beside a fit."""

    GATE = "gate"
    RAISE = "raise"
    CERTIFY = "certify"
    MISSING = "missing"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Fit:
    """A fit with its strip and its reason; `score` (0 to 1) is None where a gate is closed.

    With RAISE, `skill` from level `have` to `level` would lift the points to `then`.
    """

    score: float | None
    parts: tuple[FitPart, ...]
    why: Why
    gate: FailedGate | None = None
    skill: Skill | None = None
    have: int = 0
    level: int = 0
    then: int = 0

    @property
    def ready(self) -> bool:
        """Whether the team should be asked to bid."""
        return self.score is not None and whole_points(self.score) >= READY


def fit_of(need: Need, supply: Supply, ranking: Ranking) -> Fit:
    """The fit of a team, without its place in the ranking. A need that asks for nothing has no strip."""
    taxonomy = ranking.replica.taxonomy
    told = explain(need, supply, (), taxonomy, ranking.policy, full_schools=ranking.full_schools)
    return fit_from(told, taxonomy)


def fit_from(told: Explanation, taxonomy: Taxonomy) -> Fit:
    """The fit that an explanation tells at length."""
    parts = parts_of(told.skills, taxonomy)
    if told.failed_gates:
        gate = told.failed_gates[0]
        return Fit(
            None, parts, Why.GATE, gate, _skill(gate.skill, taxonomy), gate.level or 0, gate.required or 0
        )
    if whole_points(told.score) < READY and told.missing:
        lacking = next(line for line in told.skills if line.skill == told.missing[0])
        missing = taxonomy.skill(lacking.skill)
        return Fit(told.score, parts, Why.MISSING, skill=missing, level=lacking.required)
    step = next(iter(told.counterfactuals), None)
    if step is None or whole_points(step.new_score) == whole_points(told.score):
        return Fit(told.score, parts, Why.COMPLETE)
    raised = Why.RAISE if step.to_level > step.from_level else Why.CERTIFY
    then = whole_points(step.new_score)
    skill = _skill(step.skill, taxonomy)
    return Fit(told.score, parts, raised, None, skill, step.from_level, step.to_level, then)


def parts_of(lines: tuple[SkillLine, ...], taxonomy: Taxonomy) -> tuple[FitPart, ...]:
    """One part of the strip for each skill, named in the reader's language."""
    return tuple(
        FitPart(called(taxonomy.skill(line.skill)), line.weight, line.credit, BASES[line.basis])
        for line in lines
    )


def _skill(code: str | None, taxonomy: Taxonomy) -> Skill | None:
    return taxonomy.skill(code) if code is not None else None
