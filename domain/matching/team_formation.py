"""Forming a team for a challenge: the best few of many students, proven best, and who should join a team.

Branch and bound over the coverage of a need. Coverage is monotone and submodular in the members (each skill
counts its best provider), so a team of `r` more members gains at most the sum of the `r` largest single gains
(Nemhauser, Wolsey and Fisher, 1978).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from domain.matching.errors import InvalidTeamRules, NoTeamPossible
from domain.matching.model import DEFAULT_POLICY, Levels, Member, Need, Policy, Supply
from domain.matching.profile import team_skills
from domain.matching.score import score, similarity
from domain.matching.taxonomy import Taxonomy
from domain.matching.validation import validate_limit, validate_need, validate_policy

Floats = NDArray[np.float64]
SLACK = 1e-12
MOST_STEPS = 200_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A student who could be in a team; `hours_per_week` are those that overlap with the challenge's."""

    member: Member
    school: str
    role: str | None = None
    hours_per_week: float = 0.0

    @property
    def id(self) -> str:
        """The student's id."""
        return self.member.student_id


@dataclass(frozen=True, slots=True)
class TeamRules:
    """What a team must keep: its size, who is in, who is never in together, how many schools and roles."""

    smallest: int = 1
    largest: int = 3
    include: frozenset[str] = frozenset()
    never_together: frozenset[frozenset[str]] = frozenset()
    schools: int = 1
    roles: int = 0
    hours_per_week: float = 0.0


ANY_THREE = TeamRules()


@dataclass(frozen=True, slots=True)
class FormedTeam:
    """The best team found, its coverage, and what no team can exceed; `optimal` where the two are equal."""

    students: tuple[str, ...]
    coverage: float
    bound: float
    optimal: bool


@dataclass(frozen=True, slots=True)
class Joiner:
    """What a team would score with one more student."""

    student_id: str
    score: float
    gain: float


def form_team(
    candidates: Sequence[Candidate],
    need: Need,
    taxonomy: Taxonomy,
    rules: TeamRules = ANY_THREE,
    policy: Policy = DEFAULT_POLICY,
    *,
    most_steps: int = MOST_STEPS,
) -> FormedTeam:
    """The team with the highest coverage of a need that keeps the rules, with no more members than it takes.

    Exact unless `most_steps` partial teams were looked at first; then `bound` says how far off it may be.
    Raises InvalidTeamRules for rules that contradict themselves or name unknown students, NoTeamPossible
    where no team was found that keeps them, and the errors of `validate_need` and `validate_policy`.
    """
    validate_need(need, taxonomy)
    validate_policy(policy)
    _check_rules(candidates, rules)
    fit = [one for one in candidates if one.hours_per_week >= rules.hours_per_week or one.id in rules.include]
    search = _Search(sorted(fit, key=lambda one: one.id), need, taxonomy, rules, policy, most_steps)
    search.run()
    if search.best is None:
        raise NoTeamPossible(candidates=len(fit))
    return FormedTeam(search.best, search.value, max(search.value, search.open_bound), not search.stopped)


def best_joiners(
    supply: Supply,
    candidates: Sequence[Candidate],
    need: Need,
    taxonomy: Taxonomy,
    policy: Policy = DEFAULT_POLICY,
    *,
    k: int = 5,
) -> list[Joiner]:
    """The k students who would raise a team's score most, best first, ties by id.

    A joiner adds skills and a school; the team's weekly hours stay as they are. Raises InvalidLimit and the
    errors of `validate_need`.
    """
    validate_limit(k)
    validate_need(need, taxonomy)
    now = score(need, supply, taxonomy, policy)
    found = []
    for one in candidates:
        merged = {**supply.skills}
        for code, levels in team_skills([one.member]).items():
            merged[code] = merged.get(code, Levels()) | levels
        joined = replace(supply, skills=merged, schools=supply.schools | {one.school})
        value = score(need, joined, taxonomy, policy)
        found.append(Joiner(one.id, value, value - now))
    return sorted(found, key=lambda joiner: (-joiner.score, joiner.student_id))[:k]


def _check_rules(candidates: Sequence[Candidate], rules: TeamRules) -> None:
    if not 1 <= rules.smallest <= rules.largest:
        raise InvalidTeamRules(field="size", smallest=rules.smallest, largest=rules.largest)
    unknown = rules.include - {one.id for one in candidates}
    if unknown:
        raise InvalidTeamRules(field="include", unknown=min(unknown))
    if len(rules.include) > rules.largest:
        raise InvalidTeamRules(field="include", count=len(rules.include), largest=rules.largest)
    if any(pair <= rules.include for pair in rules.never_together):
        raise InvalidTeamRules(field="never_together", reason="both are to be included")


class _Search:
    """Depth-first search; `credits[i]` is what candidate `i` earns towards each required skill, weighed."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        need: Need,
        taxonomy: Taxonomy,
        rules: TeamRules,
        policy: Policy,
        most_steps: int,
    ) -> None:
        self.candidates = candidates
        self.rules = rules
        self.credits = _credits(candidates, need, taxonomy, policy)
        self.apart = _apart(candidates, rules)
        self.left = most_steps
        self.stopped = False
        self.best: tuple[str, ...] | None = None
        self.value = -1.0
        self.open_bound = 0.0

    def run(self) -> None:
        """Find the best team, or the best until the steps are used up."""
        team = [place for place, one in enumerate(self.candidates) if one.id in self.rules.include]
        reached = self.credits[team].max(axis=0, initial=0.0)
        others = [place for place in range(len(self.candidates)) if place not in set(team)]
        allowed = [place for place in others if not any(self._clash(place, member) for member in team)]
        self._extend(team, reached, np.array(allowed, dtype=np.intp))

    def _extend(self, team: list[int], reached: Floats, allowed: NDArray[np.intp]) -> None:
        """Try every team that adds some of the `allowed` candidates to `team`."""
        self._offer(team, float(reached.sum()))
        room = self.rules.largest - len(team)
        if room == 0 or not len(allowed):
            return
        gains = np.maximum(self.credits[allowed] - reached, 0).sum(axis=1)
        # Even beside the most useful others, those who add less than this cannot reach the best.
        least = self.value - SLACK - float(reached.sum()) - (room - 1) * float(gains.max())
        allowed, gains = allowed[gains >= least], gains[gains >= least]
        order = np.argsort(-gains, kind="stable")
        allowed, gains = allowed[order], gains[order]
        sums = np.concatenate([[0.0], np.cumsum(gains)])
        for place in range(len(allowed)):
            # The best that this candidate and those behind it can add.
            bound = float(reached.sum() + sums[min(place + room, len(gains))] - sums[place])
            if not self._worth(bound, team):
                return
            if self.left == 0:
                self.stopped = True
                self.open_bound = max(self.open_bound, bound)
                return
            self.left -= 1
            chosen = int(allowed[place])
            behind = allowed[place + 1 :]
            if chosen in self.apart:
                behind = behind[~np.isin(behind, list(self.apart[chosen]))]
            self._extend([*team, chosen], np.maximum(reached, self.credits[chosen]), behind)

    def _worth(self, bound: float, team: list[int]) -> bool:
        """Whether teams with this bound can still be better than the best, or complete a team at all."""
        if self.best is None:
            return True
        if bound > self.value + SLACK:
            return True
        return bound >= self.value - SLACK and len(team) + 1 < len(self.best)

    def _offer(self, team: list[int], value: float) -> None:
        if not self.rules.smallest <= len(team) <= self.rules.largest or not self._diverse(team):
            return
        ids = tuple(sorted(self.candidates[place].id for place in team))
        better = self.best is None or value > self.value + SLACK
        if better or (
            value >= self.value - SLACK and (len(ids), ids) < (len(self.best or ()), self.best or ())
        ):
            self.best, self.value = ids, value

    def _diverse(self, team: list[int]) -> bool:
        schools = {self.candidates[place].school for place in team}
        roles = {role for place in team if (role := self.candidates[place].role) is not None}
        return len(schools) >= self.rules.schools and len(roles) >= self.rules.roles

    def _clash(self, one: int, other: int) -> bool:
        return other in self.apart.get(one, ())


def _credits(candidates: Sequence[Candidate], need: Need, taxonomy: Taxonomy, policy: Policy) -> Floats:
    """The weighed credit of each candidate towards each required skill: `score.credit`, over arrays."""
    wanted = [taxonomy.skill(asked.skill) for asked in need.skills]
    related = [skill for family in {one.family for one in wanted} for skill in taxonomy.family(family)]
    number_of = {skill.code: number for number, skill in enumerate(related)}
    held = [
        (row, number_of[code], level, certified)
        for row, one in enumerate(candidates)
        for code, (level, certified) in one.member.skills.items()
        if code in number_of
    ]
    earned = np.zeros((len(candidates), len(wanted)))
    if held:
        rows, numbers, levels, certified = np.array(held).T
        similar = np.array([[similarity(target, skill, policy) for target in wanted] for skill in related])
        required = np.array([asked.level for asked in need.skills])
        trust = np.where(certified, 1.0, policy.uncertified)
        credit = similar[numbers] * np.minimum(1.0, levels[:, np.newaxis] / required) * trust[:, np.newaxis]
        weights = np.array([asked.weight for asked in need.skills])
        firsts = np.flatnonzero(np.diff(rows, prepend=-1))
        earned[rows[firsts]] = np.maximum.reduceat(weights * credit, firsts)
    return earned


def _apart(candidates: Sequence[Candidate], rules: TeamRules) -> dict[int, set[int]]:
    """Who is never together with whom, by number."""
    places = {one.id: place for place, one in enumerate(candidates)}
    apart: dict[int, set[int]] = {}
    for pair in rules.never_together:
        present = [places[id_] for id_ in pair if id_ in places]
        for one in present:
            apart.setdefault(one, set()).update(other for other in present if other != one)
    return apart
