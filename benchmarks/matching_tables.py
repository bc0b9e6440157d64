"""What a need makes of each skill, level, city and school: the tables that the peers look things up in."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchmarks.matching_data import CITIES, PACKED_LEVELS, SCHOOLS, place_of, school
from domain.matching import Levels, Need, Policy, SkillNeed, Taxonomy
from domain.matching.errors import InvalidLevel
from domain.matching.profile import unpack_levels
from domain.matching.score import (
    FOCUS_THRESHOLD,
    availability,
    credit,
    eligible,
    has_mentors,
    ot_share,
    similarity,
    site,
)
from domain.matching.taxonomy import Side

Floats = NDArray[np.float64]
MOST_HOURS = 24


def _levels_of_bytes() -> list[Levels]:
    found = []
    for byte in range(PACKED_LEVELS):
        try:
            found.append(unpack_levels(byte))
        except InvalidLevel:
            found.append(Levels())
    return found


LEVELS_OF_BYTE = _levels_of_bytes()


@dataclass(frozen=True)
class Tables:
    """A need under a policy, by the functions of `domain.matching.score`."""

    need: Need
    policy: Policy
    taxonomy: Taxonomy
    full_schools: frozenset[str]

    @cached_property
    def earned(self) -> list[dict[int, Floats]]:
        """For each asked skill the related skills' indexes, with what each packed level earns."""
        return [self._earned_by(asked) for asked in self.need.skills]

    @cached_property
    def useful(self) -> dict[int, NDArray[np.bool_]]:
        """For each related skill which packed levels earn half credit or more."""
        found: dict[int, NDArray[np.bool_]] = {}
        for related in self.earned:
            for skill, by_byte in related.items():
                found[skill] = (by_byte >= FOCUS_THRESHOLD) | found.get(skill, np.False_)
        return found

    @cached_property
    def mandatory(self) -> dict[int, NDArray[np.bool_]]:
        """For each mandatory skill which packed levels fulfil it."""
        return {
            self.taxonomy.index_of(asked.skill): np.array([one.best >= asked.level for one in LEVELS_OF_BYTE])
            for asked in self.need.skills
            if asked.mandatory
        }

    @cached_property
    def ot(self) -> list[bool]:
        """Which of the asked skills are of the shop floor."""
        return [self.taxonomy.skill(asked.skill).side is Side.OT for asked in self.need.skills]

    @cached_property
    def ot_share(self) -> float:
        """The share of them by weight."""
        return ot_share(self.need, self.taxonomy)

    @cached_property
    def fixed(self) -> tuple[Floats, Floats]:
        """The weighed terms by hours and by city."""
        hours = [availability(self.need.hours_per_week, offered) for offered in range(MOST_HOURS)]
        sites = [site(self.need, *place_of(city)) for city in range(CITIES)]
        return self.policy.availability * np.array(hours), self.policy.site * np.array(sites)

    def admitted(self, pairs: NDArray[np.int16]) -> NDArray[np.bool_]:
        """Which pairs of schools pass eligibility and mentor capacity."""
        names = [frozenset({school(number)}) for number in range(SCHOOLS)]
        let_in = np.array([eligible(self.need.eligible_schools, one) for one in names])[pairs]
        has_room = np.array([has_mentors(one, self.full_schools) for one in names])[pairs]
        passing: NDArray[np.bool_] = (let_in[:, 0] | let_in[:, 1]) & (has_room[:, 0] | has_room[:, 1])
        return passing

    def _earned_by(self, asked: SkillNeed) -> dict[int, Floats]:
        wanted = self.taxonomy.skill(asked.skill)
        found = {}
        for other in self.taxonomy.family(wanted.family):
            similar = similarity(wanted, other, self.policy)
            if similar > 0:
                by_byte = [credit(similar, levels, asked.level, self.policy) for levels in LEVELS_OF_BYTE]
                found[self.taxonomy.index_of(other.code)] = np.array(by_byte)
        return found
