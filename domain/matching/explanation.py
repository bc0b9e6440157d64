"""Why a team fits a challenge: what each skill and term adds, who brings it, what would change the rank."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.matching.model import DEFAULT_POLICY, Levels, Member, Need, Policy, SkillNeed, Supply
from domain.matching.ranking import Standing
from domain.matching.score import FailedGate, Terms, credit, gates, similarity, terms
from domain.matching.taxonomy import Taxonomy
from domain.matching.team_index import TeamIndex
from domain.matching.validation import validate_need, validate_policy


class Basis(StrEnum):
    """What a skill's credit rests on."""

    CERTIFIED = "certified"
    SELF_RATED = "self_rated"
    SUBSTITUTE = "substitute"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class SkillLine:
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


@dataclass(frozen=True, slots=True)
class TermLine:
    """One of the terms focus, balance, availability and site; `value` from 0 to 1, the rest in points."""

    term: str
    value: float
    contribution: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Counterfactual:
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


def explain(
    need: Need,
    supply: Supply,
    members: Sequence[Member],
    taxonomy: Taxonomy,
    policy: Policy = DEFAULT_POLICY,
    *,
    index: TeamIndex | None = None,
    standing: Standing | None = None,
    full_schools: frozenset[str] = frozenset(),
) -> Explanation:
    """Take a team's score for a challenge apart, whether or not its gates are open.

    The levels are those of `supply`; `members` only say who brings them. Ranks come from `standing`, which
    holds the scores for the same need, policy and full schools from the team's score on (take it once for
    many explanations), or else from `index`; without either they are None. Raises the errors of
    `validate_need` and `validate_policy`.
    """
    validate_need(need, taxonomy)
    validate_policy(policy)
    reached = terms(need, supply, taxonomy, policy)
    total = reached.total(policy)
    if standing is None and index is not None:
        standing = index.standing(need, policy, full_schools=full_schools, floor=total)
    failed = gates(need, supply, full_schools)
    lines = tuple(_skill_line(wanted, supply, members, taxonomy, policy) for wanted in need.skills)
    return Explanation(
        need.challenge_id,
        supply.team_id,
        policy.version,
        total,
        standing.rank_at(supply.team_id, total) if standing and not failed else None,
        not failed,
        failed,
        lines,
        _term_lines(reached, policy),
        _missing(need, supply),
        _counterfactuals(need, supply, lines, total, taxonomy, policy, standing, full_schools),
    )


def applied(counterfactual: Counterfactual, supply: Supply) -> Supply:
    """The team as the counterfactual imagines it."""
    level = counterfactual.to_level
    raised = Levels(certified=level) if counterfactual.certified else Levels(self_rated=level)
    current = supply.skills.get(counterfactual.skill, Levels())
    return replace(supply, skills={**supply.skills, counterfactual.skill: current | raised})


def _skill_line(
    wanted: SkillNeed, supply: Supply, members: Sequence[Member], taxonomy: Taxonomy, policy: Policy
) -> SkillLine:
    maximum = policy.coverage * wanted.weight
    found = max(_sources(wanted, supply, taxonomy, policy), default=None)
    if found is None:
        return SkillLine(
            wanted.skill, wanted.weight, wanted.mandatory, wanted.level,
            0, None, Basis.MISSING, None, 0.0, 0.0, 0.0, maximum,
        )  # fmt: skip
    earned, similar, certified, level, code = found
    own = code == wanted.skill
    held = Basis.CERTIFIED if certified else Basis.SELF_RATED
    return SkillLine(
        wanted.skill,
        wanted.weight,
        wanted.mandatory,
        wanted.level,
        level,
        _provider(members, code, level, certified),
        held if own else Basis.SUBSTITUTE,
        None if own else code,
        similar,
        earned,
        maximum * earned,
        maximum,
    )


Source = tuple[float, float, bool, int, str]


def _sources(wanted: SkillNeed, supply: Supply, taxonomy: Taxonomy, policy: Policy) -> list[Source]:
    """What could earn the credit: (credit, similarity, certified, level, skill), the best is the greatest."""
    target = taxonomy.skill(wanted.skill)
    sources = []
    for code, levels in supply.skills.items():
        similar = similarity(target, taxonomy.skill(code), policy) if code in taxonomy else 0.0
        if similar == 0:
            continue
        for certified, level in ((True, levels.certified), (False, levels.self_rated)):
            one = Levels(certified=level) if certified else Levels(self_rated=level)
            earned = credit(similar, one, wanted.level, policy)
            if earned > 0:
                sources.append((earned, similar, certified, level, code))
    return sources


def _provider(members: Sequence[Member], skill: str, level: int, certified: bool) -> str | None:
    """The student who brings a skill at a level; the first by id where several do."""
    return min(
        (member.student_id for member in members if member.skills.get(skill) == (level, certified)),
        default=None,
    )


def _term_lines(reached: Terms, policy: Policy) -> tuple[TermLine, ...]:
    weighed = (
        ("focus", reached.focus, policy.focus),
        ("balance", reached.balance, policy.balance),
        ("availability", reached.availability, policy.availability),
        ("site", reached.site, policy.site),
    )
    return tuple(TermLine(term, value, weight * value, weight) for term, value, weight in weighed)


def _missing(need: Need, supply: Supply) -> tuple[str, ...]:
    lacking = (wanted for wanted in need.skills if supply.skills.get(wanted.skill, Levels()).best == 0)
    return tuple(wanted.skill for wanted in sorted(lacking, key=lambda one: (-one.weight, one.skill)))


def _counterfactuals(
    need: Need,
    supply: Supply,
    lines: Sequence[SkillLine],
    total: float,
    taxonomy: Taxonomy,
    policy: Policy,
    standing: Standing | None,
    full_schools: frozenset[str],
) -> tuple[Counterfactual, ...]:
    found = []
    for line in lines:
        if line.credit >= 1:
            continue
        step = _next_step(line, supply.skills.get(line.skill, Levels()))
        changed = applied(step, supply)
        new_score = terms(need, changed, taxonomy, policy).total(policy)
        if new_score > total:
            ranked = standing is not None and not gates(need, changed, full_schools)
            rank = standing.rank_at(supply.team_id, new_score) if standing and ranked else None
            found.append(replace(step, gain=new_score - total, new_score=new_score, new_rank=rank))
    return tuple(sorted(found, key=lambda one: (-one.gain, one.skill)))


def _next_step(line: SkillLine, own: Levels) -> Counterfactual:
    """Reach the required level in the kind that the team has; where it is reached, have it certified."""
    reached = own.best >= line.required
    certified = reached or own.certified > own.self_rated
    to_level = own.best if reached else line.required
    return Counterfactual(line.skill, own.best, to_level, certified, 0.0, 0.0, None)
