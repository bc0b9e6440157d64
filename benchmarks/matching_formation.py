"""Forming teams of three from 2,000 students, beside a greedy choice with swaps."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.matching_data import MatchingMarket
from benchmarks.matching_timing import at_most, best_of
from benchmarks.report import Figure
from domain.matching import Candidate, FormedTeam, Levels, Need, Policy, Taxonomy, TeamRules, form_team
from domain.matching.score import earnings

STUDENTS = 2_000
NEEDS, SKILLS = 24, 8
RULES = TeamRules(largest=3)
POLICY = Policy()
Credits = NDArray[np.float64]


def figures() -> list[Figure]:
    """The rows of team formation."""
    market = MatchingMarket(Taxonomy.load())
    students, needs = market.students(STUDENTS), market.needs(NEEDS, SKILLS)
    peers = [GreedySwaps(students, need, market.taxonomy) for need in needs]
    form = [partial(form_team, students, need, market.taxonomy, RULES, POLICY) for need in needs]
    ours, theirs = best_of(3, [(one, peer.coverage) for one, peer in zip(form, peers, strict=True)])
    formed = [one() for one in form]
    of = f"form_team, {STUDENTS:,} students, {SKILLS} skills, k = {RULES.largest}"
    name = "greedy with swaps, credits given"
    proven = sum(team.optimal for team in formed)
    return [
        at_most(f"{of}, p50", ours.milliseconds(50), "ms", 50, name, theirs.milliseconds(50)),
        Figure(
            f"{of}, proven best", proven, f"of {NEEDS}", reach=f"{NEEDS} of {NEEDS}", reached=proven == NEEDS
        ),
        Figure(f"{of}, {name}: its worst share of the best coverage", _worst_share(formed, peers), "×"),
    ]


def _worst_share(formed: Sequence[FormedTeam], peers: Sequence["GreedySwaps"]) -> float:
    shares = [peer.coverage() / team.coverage for team, peer in zip(formed, peers, strict=True)]
    assert max(shares) <= 1 + 1e-9  # nobody beats what is proven best
    return min(shares)


class GreedySwaps:
    """Take whoever adds most, then exchange one member for another as long as that helps."""

    def __init__(self, students: Sequence[Candidate], need: Need, taxonomy: Taxonomy) -> None:
        self._credits: Credits = np.array([_weighed_credits(one, need, taxonomy) for one in students])

    def coverage(self) -> float:
        """The coverage of the team found."""
        team: list[int] = []
        for _ in range(RULES.largest):
            team.append(self._best_beside(team))
        value, place = self._value(team), 0
        unchanged = 0
        while unchanged < len(team):
            others = [*team[:place], *team[place + 1 :]]
            changed = [*others[:place], self._best_beside(others), *others[place:]]
            better = self._value(changed) > value + 1e-12
            if better:
                team, value = changed, self._value(changed)
            unchanged = 0 if better else unchanged + 1
            place = (place + 1) % len(team)
        return value

    def _best_beside(self, team: list[int]) -> int:
        reached = self._credits[team].max(axis=0, initial=0.0)
        return int(np.maximum(self._credits, reached).sum(axis=1).argmax())

    def _value(self, team: list[int]) -> float:
        return float(self._credits[team].max(axis=0).sum())


def _weighed_credits(student: Candidate, need: Need, taxonomy: Taxonomy) -> list[float]:
    held = [
        (taxonomy.skill(code), Levels(certified=level) if certified else Levels(self_rated=level))
        for code, (level, certified) in student.member.skills.items()
    ]
    return [asked.weight * max(earnings(asked, held, taxonomy, POLICY)) for asked in need.skills]
