"""What a team's skill earns towards each required skill of one need, worked out once for each level."""

from collections import defaultdict
from functools import lru_cache
from itertools import product
from typing import NamedTuple, TypeAlias

from domain.matching.model import HIGHEST_LEVEL, Need, Policy
from domain.matching.score import similarity, trusted_credit
from domain.matching.taxonomy import Taxonomy
from domain.matching.words import Remembered


class Source(NamedTuple):
    """What may earn the credit of a required skill; the greatest does, so ties are for the later fields."""

    credit: float
    similarity: float
    certified: bool
    level: int
    skill: str


NOTHING = Source(0.0, 0.0, False, 0, "")
Held: TypeAlias = tuple[str, int, int]  # a skill with its certified and its self-rated level
Credits: TypeAlias = dict[tuple[int, int], tuple[float, bool, int]]


class Offers(NamedTuple):
    """The sources that a skill is, each with the place of the required skill; the most that one earns."""

    sources: tuple[tuple[int, Source], ...]
    most: float


class OffersOfSkills:
    """The offers of skills at levels. Teams of one ranking have many of them in common."""

    def __init__(self, need: Need, taxonomy: Taxonomy, policy: Policy) -> None:
        earners: dict[str, list[tuple[int, float, Credits]]] = defaultdict(list)
        for place, wanted in enumerate(need.skills):
            target = taxonomy.skill(wanted.skill)
            for held in taxonomy.family(target.family) if policy.substitutes else (target,):
                similar = similarity(target, held, policy)
                if similar > 0:
                    by_levels = _credits(similar, wanted.level, policy.uncertified)
                    earners[held.code].append((place, similar, by_levels))
        self._earners = dict(earners)
        self._known = Remembered(self._offers)

    def __contains__(self, code: str) -> bool:
        """Whether the skill is a required one, or stands in for one."""
        return code in self._earners

    def __getitem__(self, held: Held) -> Offers:
        """What a skill at its levels offers. Raises KeyError for a skill that can earn nothing."""
        return self._known[held]

    def _offers(self, held: Held) -> Offers:
        code, certified, self_rated = held
        most, sources = 0.0, []
        for place, similar, by_levels in self._earners[code]:
            credit, attested, level = by_levels[certified, self_rated]
            if credit > 0:
                sources.append((place, Source(credit, similar, attested, level, code)))
                most = max(most, credit)
        return Offers(tuple(sources), most)


@lru_cache(maxsize=256)
def _credits(similar: float, required: int, uncertified: float) -> Credits:
    """By certified and self-rated level: the credit, whether the certified level earns it, and that level."""
    found = {}
    for certified, self_rated in product(range(HIGHEST_LEVEL + 1), repeat=2):
        best = trusted_credit(similar, certified, required, 1.0), True, certified
        rated = trusted_credit(similar, self_rated, required, uncertified), False, self_rated
        more = self_rated > certified and rated[0] > best[0]  # at or below, it earns nothing more
        found[certified, self_rated] = rated if more else best
    return found
