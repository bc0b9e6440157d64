"""Working explanations out: `explain` for one team, an `Explainer` for many teams and one challenge."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from domain.matching.explanation import Basis, Counterfactual, Explanation, SkillLine, TermLine
from domain.matching.model import DEFAULT_POLICY, Levels, Member, Need, Policy, SkillNeed, Supply
from domain.matching.offers import NOTHING, Held, OffersOfSkills, Source
from domain.matching.ranking import Ranks
from domain.matching.score import (
    FOCUS_THRESHOLD,
    FailedGate,
    Terms,
    availability,
    gates,
    ot_share,
    site,
)
from domain.matching.taxonomy import Side, Taxonomy
from domain.matching.team_index import TeamIndex
from domain.matching.validation import validate_need, validate_policy
from domain.matching.words import Remembered

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


class Step(NamedTuple):
    """From the `best` level to a higher or a certified one, and both levels once it is `raised`."""

    best: int
    level: int
    certified: bool
    raised: tuple[int, int]


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
        self._offers = OffersOfSkills(need, taxonomy, policy)
        self._lines = Remembered(self._line)
        self._steps = Remembered(_next_step)
        self._by_weight = [
            wanted.skill for wanted in sorted(need.skills, key=lambda one: (-one.weight, one.skill))
        ]

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
            self._skill_lines(earned.sources, members),
            _term_lines(reached, policy),
            tuple([code for code in self._by_weight if not _has(supply.skills.get(code))]),
            self._counterfactuals(supply, earned, total, failed, standing),
        )

    def _skill_lines(self, sources: Sequence[Source], members: Sequence[Member]) -> tuple[SkillLine, ...]:
        lines = map(self._lines.__getitem__, enumerate(sources))
        if not members:
            return tuple(lines)
        return tuple(
            line._replace(provider=_provider(members, source))
            for line, source in zip(lines, sources, strict=True)
        )

    def _line(self, placed: tuple[int, Source]) -> SkillLine:
        """The line of a required skill that a source earns, whoever brings it."""
        place, source = placed
        return _skill_line(self.need.skills[place], source, self._policy)

    def _earned(self, supply: Supply) -> Earned:
        sources = [NOTHING] * len(self.need.skills)
        most: dict[str, float] = {}
        skills = useful = 0
        for code, levels in supply.skills.items():
            certified, self_rated = levels.certified, levels.self_rated
            if not (certified or self_rated):
                continue
            if code in self._offers:
                skills += 1
                most[code] = earns = self._offer((code, certified, self_rated), sources)
                useful += earns >= FOCUS_THRESHOLD
            elif code in self._taxonomy:
                skills += 1
        need = self.need
        hours = availability(need.hours_per_week, supply.hours_per_week)
        return Earned(sources, most, useful, skills, hours, site(need, supply.city, supply.province))

    def _offer(self, held: Held, sources: list[Source]) -> float:
        """Put what one skill earns in the place of lesser `sources`; the most that it earns."""
        offers = self._offers[held]
        for place, source in offers.sources:
            if source > sources[place]:
                sources[place] = source
        return offers.most

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
            step = self._steps[wanted.level, own.certified, own.self_rated]
            score = self._reached(self._with(earned, skill, step)).total(self._policy)
            if score > total:
                # The new level fulfils the need, so it opens this skill's own gate and no other.
                ranks = standing if not failed or all(gate.skill == skill for gate in failed) else None
                rank = ranks.rank_at(supply.team_id, score) if ranks else None
                found.append(
                    Counterfactual(skill, step.best, step.level, step.certified, score - total, score, rank)
                )
        return tuple(sorted(found, key=lambda one: (-one.gain, one.skill)))

    def _with(self, earned: Earned, skill: str, step: Step) -> Earned:
        """What is earned once the levels of one required skill are raised: nothing else can become less."""
        sources = list(earned.sources)
        was_useful = earned.most.get(skill, 0.0) >= FOCUS_THRESHOLD
        is_useful = self._offer((skill, *step.raised), sources) >= FOCUS_THRESHOLD
        useful = earned.useful + is_useful - was_useful
        skills = earned.skills + (step.best == 0)
        return Earned(sources, earned.most, useful, skills, earned.availability, earned.site)


def _next_step(asked: tuple[int, int, int]) -> Step:
    """From a required level and a team's own two: reach it in the kind that the team has; where it is
    reached, have it certified.
    """
    required, *own = asked
    levels = Levels(*own)
    level, certified = levels.best, True
    if levels.best < required:
        level, certified = required, levels.certified > levels.self_rated
    raised = _raised(levels, level, certified)
    return Step(levels.best, level, certified, (raised.certified, raised.self_rated))


def _raised(own: Levels, level: int, certified: bool) -> Levels:
    if certified:
        return Levels(max(own.certified, level), own.self_rated)
    return Levels(own.certified, max(own.self_rated, level))


def _skill_line(wanted: SkillNeed, source: Source, policy: Policy) -> SkillLine:
    maximum = policy.coverage * wanted.weight
    own = source.skill == wanted.skill
    return SkillLine(
        wanted.skill,
        wanted.weight,
        wanted.mandatory,
        wanted.level,
        source.level,
        None,
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


def _has(levels: Levels | None) -> bool:
    return levels is not None and (levels.certified > 0 or levels.self_rated > 0)


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
