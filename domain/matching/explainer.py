"""Working explanations out: `explain` for one team, an `Explainer` for many teams and one challenge."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from itertools import compress
from operator import add, itemgetter
from typing import NamedTuple, TypeAlias

from domain.matching.explanation import Basis, Counterfactual, Explanation, SkillLine, TermLine
from domain.matching.model import DEFAULT_POLICY, Levels, Member, Need, Policy, Supply
from domain.matching.offers import NOTHING, Source, earners_of
from domain.matching.raising import Step, next_step, raised
from domain.matching.ranking import Ranks
from domain.matching.score import (
    FOCUS_THRESHOLD,
    FailedGate,
    availability,
    gates,
    ot_share,
    site,
)
from domain.matching.taxonomy import Side, Taxonomy
from domain.matching.team_index import TeamIndex
from domain.matching.validation import validate_need, validate_policy

NOBODY: frozenset[str] = frozenset()
NO_LEVELS = Levels()
UNSKILLED = (0, 0)
GAIN = itemgetter(Counterfactual._fields.index("gain"))
BASIS_OF_OWN = {True: Basis.CERTIFIED, False: Basis.SELF_RATED}
BASIS_OF_OTHER = {True: Basis.SUBSTITUTE, False: Basis.MISSING}
Reached: TypeAlias = tuple[float, float, float]  # the score, the focus and the balance


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
    higher = raised(current, counterfactual.to_level, counterfactual.certified)
    return replace(supply, skills={**supply.skills, counterfactual.skill: higher})


class Earned(NamedTuple):
    """What a team earns: the source of each required skill, and its credit times the skill's weight.

    The `useful` ones of its `skills` earn at least half credit.
    """

    sources: Sequence[Source]
    weighed: Sequence[float]
    useful: Sequence[str]
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
        self._asked = [
            (wanted.skill, wanted.weight, wanted.mandatory, wanted.level, policy.coverage * wanted.weight)
            for wanted in need.skills
        ]
        self._weights = [wanted.weight for wanted in need.skills]
        self._are_ot = [taxonomy.skill(wanted.skill).side is Side.OT for wanted in need.skills]
        self._ot_share = ot_share(need, taxonomy)
        self._earners = earners_of(need, taxonomy, policy)
        self._by_code = sorted(enumerate(need.skills), key=lambda placed: placed[1].skill)
        self._by_weight = [
            wanted.skill for wanted in sorted(need.skills, key=lambda one: (-one.weight, one.skill))
        ]

    def score(self, supply: Supply) -> float:
        """The score of a team, whether or not its gates are open."""
        return self._totals(self._earned(supply))[0]

    def explain(
        self, supply: Supply, members: Sequence[Member] = (), standing: Ranks | None = None
    ) -> Explanation:
        """Take a team's score apart; arguments as for the function `explain`."""
        need, policy = self.need, self._policy
        earned = self._earned(supply)
        score, focus, balance = self._totals(earned)
        failed = gates(need, supply, self._full_schools)
        return Explanation(
            need.challenge_id,
            supply.team_id,
            policy.version,
            score,
            standing.rank_at(supply.team_id, score) if standing and not failed else None,
            not failed,
            failed,
            self._skill_lines(earned.sources, members),
            _term_lines(focus, balance, earned, policy),
            tuple([code for code in self._by_weight if not _has(supply.skills.get(code))]),
            self._counterfactuals(supply, earned, score, failed, standing),
        )

    def _earned(self, supply: Supply) -> Earned:
        sources, highest = [NOTHING] * len(self._weights), [0.0] * len(self._weights)
        useful, skills = [], 0
        for code, levels in supply.skills.items():
            both = levels.certified, levels.self_rated
            if both == UNSKILLED:
                continue
            earners = self._earners.get(code)
            if earners is None:
                skills += code in self._taxonomy
                continue
            skills += 1
            most = 0.0
            for place, earnings in earners:
                earning = earnings[both]
                if earning is None:
                    continue
                credit = earning.credit
                if credit > most:
                    most = credit
                best = highest[place]
                if credit > best or (credit == best and (earning, code) > sources[place]):
                    sources[place], highest[place] = (earning, code), credit
            if most >= FOCUS_THRESHOLD:
                useful.append(code)
        need = self.need
        return Earned(
            sources,
            [weight * credit for weight, credit in zip(self._weights, highest, strict=True)],
            useful,
            skills,
            availability(need.hours_per_week, supply.hours_per_week),
            site(need, supply.city, supply.province),
        )

    def _totals(self, earned: Earned) -> Reached:
        return self._reached(earned, earned.weighed, len(earned.useful), earned.skills)

    def _reached(self, earned: Earned, weighed: Sequence[float], useful: int, skills: int) -> Reached:
        """What a team with these hours and this place reaches where it earns `weighed`."""
        policy = self._policy
        coverage = reduce(add, weighed)
        balance = 0.0
        if coverage > 0:
            balance = 1 - abs(reduce(add, compress(weighed, self._are_ot), 0.0) / coverage - self._ot_share)
        focus = useful / skills if skills else 0.0
        score = (
            policy.coverage * coverage
            + policy.focus * focus
            + policy.balance * balance
            + policy.availability * earned.availability
            + policy.site * earned.site
        )
        return score, focus, balance

    def _skill_lines(self, sources: Sequence[Source], members: Sequence[Member]) -> tuple[SkillLine, ...]:
        """The parts of lines are tuples at first: named ones are made from those twice as fast."""
        lines = []
        for (skill, weight, mandatory, required, maximum), source in zip(self._asked, sources, strict=True):
            (credit, similar, certified, level), held = source
            own = held == skill
            lines.append(
                (
                    skill,
                    weight,
                    mandatory,
                    required,
                    level,
                    _provider(members, source) if members else None,
                    BASIS_OF_OWN[certified] if own else BASIS_OF_OTHER[credit > 0],
                    None if own or source is NOTHING else held,
                    similar,
                    credit,
                    maximum * credit,
                    maximum,
                )
            )
        return tuple(map(SkillLine._make, lines))

    def _counterfactuals(
        self,
        supply: Supply,
        earned: Earned,
        total: float,
        failed: Sequence[FailedGate],
        standing: Ranks | None,
    ) -> tuple[Counterfactual, ...]:
        found = []
        for place, wanted in self._by_code:
            if earned.sources[place][0].credit >= 1:
                continue
            skill = wanted.skill
            own = supply.skills.get(skill, NO_LEVELS)
            step = next_step(wanted.level, own.certified, own.self_rated)
            score = self._raised_score(earned, skill, step)
            if score > total:
                # The new level fulfils the need, so it opens this skill's own gate and no other.
                ranks = standing if not failed or all(gate.skill == skill for gate in failed) else None
                rank = ranks.rank_at(supply.team_id, score) if ranks else None
                found.append((skill, step.best, step.level, step.certified, score - total, score, rank))
        found.sort(key=GAIN, reverse=True)  # equal gains stay in the order of the skills
        return tuple(map(Counterfactual._make, found))

    def _raised_score(self, earned: Earned, skill: str, step: Step) -> float:
        """The score once the levels of one required skill are raised: nothing that is earned becomes less."""
        weighed = list(earned.weighed)
        most = 0.0
        for place, earnings in self._earners[skill]:
            earning = earnings[step.raised]
            if earning is not None:
                credit = earning.credit
                if credit > most:
                    most = credit
                points = self._weights[place] * credit
                if points > weighed[place]:
                    weighed[place] = points
        useful = len(earned.useful) + (most >= FOCUS_THRESHOLD and skill not in earned.useful)
        return self._reached(earned, weighed, useful, earned.skills + (step.best == 0))[0]


def _provider(members: Sequence[Member], source: Source) -> str | None:
    """The student who brings a skill at a level; the first by id where several do."""
    earning, skill = source
    brought = (earning.level, earning.certified)
    bringers = [one.student_id for one in members if one.skills.get(skill) == brought]
    return min(bringers, default=None)


def _has(levels: Levels | None) -> bool:
    return levels is not None and (levels.certified > 0 or levels.self_rated > 0)


def _term_lines(focus: float, balance: float, earned: Earned, policy: Policy) -> tuple[TermLine, ...]:
    return (
        TermLine("focus", focus, policy.focus * focus, policy.focus),
        TermLine("balance", balance, policy.balance * balance, policy.balance),
        TermLine(
            "availability",
            earned.availability,
            policy.availability * earned.availability,
            policy.availability,
        ),
        TermLine("site", earned.site, policy.site * earned.site, policy.site),
    )
