"""What the engine matches: needs of challenges, supplies of teams, and the policy that weighs them."""

from collections.abc import Mapping
from dataclasses import dataclass

LOWEST_LEVEL, HIGHEST_LEVEL = 1, 5


@dataclass(frozen=True, slots=True)
class SkillNeed:
    """One required skill: level 1 to 5, weight above zero (a need's weights sum to 1).

    A mandatory skill gates: no substitute stands in for it.
    """

    skill: str
    level: int
    weight: float
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """A challenge as the engine sees it. An empty `eligible_schools` lets any school in."""

    challenge_id: str
    version: int
    skills: tuple[SkillNeed, ...]
    hours_per_week: float
    city: str | None
    province: str | None
    remote: bool
    eligible_schools: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Levels:
    """The best certified and the best uncertified level of one skill; 0 where there is none."""

    certified: int = 0
    self_rated: int = 0

    @property
    def best(self) -> int:
        """The higher of the two, whoever attested it."""
        return max(self.certified, self.self_rated)

    def __or__(self, other: "Levels") -> "Levels":
        """The best of both, kind by kind."""
        return Levels(max(self.certified, other.certified), max(self.self_rated, other.self_rated))


@dataclass(frozen=True, slots=True)
class Supply:
    """A team as the engine sees it: the best levels over its members, its schools, hours and place.

    `available` is false for a team that is locked or takes nothing on.
    """

    team_id: str
    version: int
    skills: Mapping[str, Levels]
    schools: frozenset[str]
    hours_per_week: float
    city: str | None
    province: str | None
    available: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in a ranking: ranks start at 1, equal scores are ordered by id."""

    id: str
    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class Policy:
    """The weights of the score's terms, the credit of uncertified levels and substitutes, the exposure."""

    version: int = 1
    coverage: float = 0.70
    focus: float = 0.10
    balance: float = 0.08
    availability: float = 0.07
    site: float = 0.05
    uncertified: float = 0.9
    sibling: float = 0.5
    cousin: float = 0.25
    substitutes: bool = True
    exposure_band: float = 0.02


DEFAULT_POLICY = Policy()


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team as the database stores it: its skills packed in a profile text (see `profile`)."""

    team_id: str
    version: int
    profile: str
    schools: tuple[str, ...]
    hours_per_week: float
    city: str | None
    province: str | None
    available: bool = True


@dataclass(frozen=True, slots=True)
class Member:
    """A student of a team; `skills` maps a code to the level and whether it is certified."""

    student_id: str
    name_zh: str
    name_en: str
    skills: Mapping[str, tuple[int, bool]]
