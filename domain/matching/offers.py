"""What a team's skills earn towards the required skills of one need, each level's credit looked up."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple, TypeAlias

from domain.matching.model import HIGHEST_LEVEL, Need, Policy
from domain.matching.score import similarity, trusted_credit
from domain.matching.taxonomy import Taxonomy
from domain.matching.words import Remembered

Both: TypeAlias = tuple[int, int]  # the certified and the self-rated level of one skill


class Earning(NamedTuple):
    """What a level earns towards a required skill; the greatest counts, so ties are for the later fields."""

    credit: float
    similarity: float
    certified: bool
    level: int


Source: TypeAlias = tuple[Earning, str]  # what earns a credit, and the skill; of equals, the later code
Earnings: TypeAlias = dict[Both, Earning | None]  # None for levels that earn nothing
Earners: TypeAlias = defaultdict[str, list[tuple[int, Earnings]]]

NOTHING: Source = Earning(0.0, 0.0, False, 0), ""


def earners_of(need: Need, taxonomy: Taxonomy, policy: Policy) -> Earners:
    """By skill: the places of the required skills towards which it can earn, with what its levels earn."""
    towards = _towards(taxonomy, policy)
    earners: Earners = defaultdict(list)
    for place, wanted in enumerate(need.skills):
        for code, earnings in towards[wanted.skill, wanted.level]:
            earners[code].append((place, earnings))
    earners.default_factory = None
    return earners


@lru_cache(maxsize=8)
def _towards(taxonomy: Taxonomy, policy: Policy) -> Mapping[tuple[str, int], Sequence[tuple[str, Earnings]]]:
    """By required skill and level: the skills that can earn towards it, itself among them."""

    def earners(required: tuple[str, int]) -> Sequence[tuple[str, Earnings]]:
        target = taxonomy.skill(required[0])
        holds = taxonomy.family(target.family) if policy.substitutes else (target,)
        near = [(held.code, similarity(target, held, policy)) for held in holds]
        return [(code, _earnings(one, required[1], policy.uncertified)) for code, one in near if one > 0]

    return Remembered(earners)


@lru_cache(maxsize=256)
def _earnings(similar: float, required: int, uncertified: float) -> Earnings:
    """By certified and self-rated level: what the one that earns more earns."""
    found: Earnings = {}
    for certified, self_rated in product(range(HIGHEST_LEVEL + 1), repeat=2):
        earned = Earning(trusted_credit(similar, certified, required, 1.0), similar, True, certified)
        rated = Earning(
            trusted_credit(similar, self_rated, required, uncertified), similar, False, self_rated
        )
        if self_rated > certified and rated.credit > earned.credit:  # at or below, it earns nothing more
            earned = rated
        found[certified, self_rated] = earned if earned.credit > 0 else None
    return found
