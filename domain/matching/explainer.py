"""Working explanations out: `explain` for one team, an `Explainer` for many teams and one challenge."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from domain.matching.explanation import Basis, Counterfactual, Explanation, SkillLine, TermLine
from domain.matching.model import DEFAULT_POLICY, Levels, Member, Need, Policy, SkillNeed, Supply
from domain.matching.ranking import Ranks
from domain.matching.score import (
    FOCUS_THRESHOLD,
    FailedGate,
    Terms,
    availability,
    gates,
    ot_share,
    similarity,
    site,
    trusted_credit,
)
from domain.matching.taxonomy import Side, Taxonomy
from domain.matching.team_index import TeamIndex
from domain.matching.validation import validate_need, validate_policy

NOBODY: frozenset[str] = frozenset()
NO_LEVELS = Levels()


def explain(
    need: Need,
    supply: Supply,
    members: Sequence[Member],
    taxonomy: Taxonomy,
    policy: Policy = DEFAULT_POLICY,
    *,
    index: TeamIndex | None = None,
    standing: Ranks | None = None,
    full_schools: frozenset[str] = NOBODY,
) -> Explanation:
    """Take a team's score for a challenge apart, whether or not its gates are open.

    The levels are those of `supply`; `members` only say who brings them. Ranks come from `standing`, which
    knows them for the same need, policy and full schools from the team's score on, or else from `index`;
    without either they are None. Raises the errors of `validate_need` and `validate_policy`.
    """
    explainer = Explainer(need, taxonomy, policy, full_schools=full_schools)
    if standing is None and index is not None:
        floor = explainer.score(supply)
        standing = index.standing(need, policy, full_schools=full_schools, floor=floor)
    return explainer.explain(supply, members, standing)


def applied(counterfactual: Counterfactual, supply: Supply) -> Supply:
    """The team as the counterfactual imagines it."""
    current = supply.skills.get(counterfactual.skill, NO_LEVELS)
    raised = _raised(current, counterfactual.to_level, counterfactual.certified)
    return replace(supply, skills={**supply.skills, counterfactual.skill: raised})


class Source(NamedTuple):
    """What may earn the credit of a required skill; then the other fields decide."""

    credit: float
    similarity: float
    certified: bool
    level: int
    skill: str


NOTHING = Source(0.0, 0.0, False, 0, "")


class Earned(NamedTuple):
    """What a team earns: the source of each required skill, and the most that each related skill earns.

    `useful` of its `skills` earn at least half credit.
    """

    sources: Sequence[Source]
    most: Mapping[str, float]
    useful: int
    skills: int
    availability: float
    site: float


class Explainer:
    """Explains any number of teams for one need; what depends on the need alone is worked out once.

    Scores are those of `score`, bit by bit: the same operations in the same order.
    """

    def __init__(
        self,
        need: Need,
        taxonomy: Taxonomy,
        policy: Policy = DEFAULT_POLICY,
        *,
        full_schools: frozenset[str] = NOBODY,
    ) -> None:
        """Raises the errors of `validate_need` and `validate_policy`."""
        validate_need(need, taxonomy)
        validate_policy(policy)
        self.need = need
        self._taxonomy = taxonomy
        self._policy = policy
        self._full_schools = full_schools
        self._shares = tuple(
            (wanted.weight, taxonomy.skill(wanted.skill).side is Side.OT) for wanted in need.skills
        )
        self._ot_share = ot_share(need, taxonomy)
        self._earners = _earners(need, taxonomy, policy)

    def score(self, supply: Supply) -> float:
        """The score of a team, whether or not its gates are open."""
        return self._reached(self._earned(supply)).total(self._policy)

    def explain(
        self, supply: Supply, members: Sequence[Member] = (), standing: Ranks | None = None
    ) -> Explanation:
        """Take a team's score apart; arguments as for the function `explain`."""
        need, policy = self.need, self._policy
        earned = self._earned(supply)
        reached = self._reached(earned)
        total = reached.total(policy)
        failed = gates(need, supply, self._full_schools)
        return Explanation(
            need.challenge_id,
            supply.team_id,
            policy.version,
            total,
            standing.rank_at(supply.team_id, total) if standing and not failed else None,
            not failed,
            failed,
            tuple(
                _skill_line(wanted, source, members, policy)
                for wanted, source in zip(need.skills, earned.sources, strict=True)
            ),
            _term_lines(reached, policy),
            _missing(need, supply),
            self._counterfactuals(supply, earned, total, failed, standing),
        )

    def _earned(self, supply: Supply) -> Earned:
        sources = [NOTHING] * len(self.need.skills)
        most: dict[str, float] = {}
        skills = useful = 0
        for code, levels in supply.skills.items():
            if not (levels.certified or levels.self_rated) or code not in self._taxonomy:
                continue
            skills += 1
            if code in self._earners:
                most[code] = self._offer(code, levels, sources)
                useful += most[code] >= FOCUS_THRESHOLD
        need = self.need
        hours = availability(need.hours_per_week, supply.hours_per_week)
        return Earned(sources, most, useful, skills, hours, site(need, supply.city, supply.province))

    def _offer(self, code: str, levels: Levels, sources: list[Source]) -> float:
        """Put what one skill earns in the place of lesser `sources`; the most that it earns."""
        most = 0.0
        attested, rated = levels.certified, levels.self_rated
        for place, similar, required in self._earners[code]:
            source = Source(trusted_credit(similar, attested, required, 1.0), similar, True, attested, code)
            if rated > attested:  # else it earns nothing more
                credit = trusted_credit(similar, rated, required, self._policy.uncertified)
                if credit > source.credit:
                    source = Source(credit, similar, False, rated, code)
            most = max(most, source.credit)
            if source.credit > 0 and source > sources[place]:
                sources[place] = source
        return most

    def _reached(self, earned: Earned) -> Terms:
        """The terms of a score."""
        coverage = coverage_ot = 0.0
        for (weight, is_ot), source in zip(self._shares, earned.sources, strict=True):
            weighted = weight * source.credit
            coverage += weighted
            if is_ot:
                coverage_ot += weighted
        balance = 1 - abs(coverage_ot / coverage - self._ot_share) if coverage > 0 else 0.0
        focus = earned.useful / earned.skills if earned.skills else 0.0
        return Terms(coverage, focus, balance, earned.availability, earned.site)

    def _counterfactuals(
        self,
        supply: Supply,
        earned: Earned,
        total: float,
        failed: Sequence[FailedGate],
        standing: Ranks | None,
    ) -> tuple[Counterfactual, ...]:
        found = []
        for wanted, source in zip(self.need.skills, earned.sources, strict=True):
            if source.credit >= 1:
                continue
            skill = wanted.skill
            own = supply.skills.get(skill, NO_LEVELS)
            level, certified = _next_step(wanted.level, own)
            raised = self._with(earned, skill, own, _raised(own, level, certified))
            score = self._reached(raised).total(self._policy)
            if score > total:
                # The new level fulfils the need, so it opens this skill's own gate and no other.
                ranks = standing if all(gate.skill == skill for gate in failed) else None
                rank = ranks.rank_at(supply.team_id, score) if ranks else None
                found.append(Counterfactual(skill, own.best, level, certified, score - total, score, rank))
        return tuple(sorted(found, key=lambda one: (-one.gain, one.skill)))

    def _with(self, earned: Earned, skill: str, own: Levels, raised: Levels) -> Earned:
        """What is earned once the levels of one required skill are raised: nothing else can become less."""
        sources = list(earned.sources)
        was_useful = earned.most.get(skill, 0.0) >= FOCUS_THRESHOLD
        is_useful = self._offer(skill, raised, sources) >= FOCUS_THRESHOLD
        useful = earned.useful + is_useful - was_useful
        skills = earned.skills + (own.best == 0)
        return Earned(sources, earned.most, useful, skills, earned.availability, earned.site)


Earners = dict[str, list[tuple[int, float, int]]]


def _earners(need: Need, taxonomy: Taxonomy, policy: Policy) -> Earners:
    """For each skill that can earn credit: which required skills, how similar, and their level."""
    earners: Earners = defaultdict(list)
    for place, wanted in enumerate(need.skills):
        target = taxonomy.skill(wanted.skill)
        for held in taxonomy.family(target.family) if policy.substitutes else (target,):
            similar = similarity(target, held, policy)
            if similar > 0:
                earners[held.code].append((place, similar, wanted.level))
    return earners


def _next_step(required: int, own: Levels) -> tuple[int, bool]:
    """Reach the required level in the kind that the team has; where it is reached, have it certified."""
    if own.best >= required:
        return own.best, True
    return required, own.certified > own.self_rated


def _raised(own: Levels, level: int, certified: bool) -> Levels:
    if certified:
        return Levels(max(own.certified, level), own.self_rated)
    return Levels(own.certified, max(own.self_rated, level))


def _skill_line(wanted: SkillNeed, source: Source, members: Sequence[Member], policy: Policy) -> SkillLine:
    maximum = policy.coverage * wanted.weight
    own = source.skill == wanted.skill
    return SkillLine(
        wanted.skill,
        wanted.weight,
        wanted.mandatory,
        wanted.level,
        source.level,
        _provider(members, source),
        _basis(source, own),
        None if own or source is NOTHING else source.skill,
        source.similarity,
        source.credit,
        maximum * source.credit,
        maximum,
    )


def _basis(source: Source, own: bool) -> Basis:
    if source is NOTHING:
        return Basis.MISSING
    if not own:
        return Basis.SUBSTITUTE
    return Basis.CERTIFIED if source.certified else Basis.SELF_RATED


def _provider(members: Sequence[Member], source: Source) -> str | None:
    """The student who brings a skill at a level; the first by id where several do."""
    brought = (source.level, source.certified)
    bringers = [one.student_id for one in members if one.skills.get(source.skill) == brought]
    return min(bringers, default=None)


def _term_lines(reached: Terms, policy: Policy) -> tuple[TermLine, ...]:
    return (
        TermLine("focus", reached.focus, policy.focus * reached.focus, policy.focus),
        TermLine("balance", reached.balance, policy.balance * reached.balance, policy.balance),
        TermLine(
            "availability",
            reached.availability,
            policy.availability * reached.availability,
            policy.availability,
        ),
        TermLine("site", reached.site, policy.site * reached.site, policy.site),
    )


def _missing(need: Need, supply: Supply) -> tuple[str, ...]:
    lacking = [wanted for wanted in need.skills if supply.skills.get(wanted.skill, NO_LEVELS).best == 0]
    return tuple(wanted.skill for wanted in sorted(lacking, key=lambda one: (-one.weight, one.skill)))
