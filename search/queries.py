"""What can be asked of the catalogue, and what it answers. The same for both backends."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from domain.audience import ANYONE, Viewer
from domain.errors import Invalid

MAX_LIMIT = 100
MAX_FACET_VALUES = 50


class Sort(StrEnum):
    """The order of hits; ties stand in the order of ids.

    How relevance is found is the backend's affair, but words in the title count most; without words it is
    newest first. `deadline` is the nearest first, none last; `reward` is the highest first.
    """

    RELEVANCE = "relevance"
    NEWEST = "newest"
    DEADLINE = "deadline"
    REWARD = "reward"


class FacetName(StrEnum):
    """By what the catalogue counts and narrows its hits."""

    STATE = "state"
    FACTORY = "factory"
    SKILL = "skill"
    INDUSTRY = "industry"
    REWARD = "reward"


@dataclass(frozen=True, slots=True)
class RewardBand:
    """Rewards from `low` up to, not including, `high` (CNY); the last band is open."""

    low: int
    high: int | None

    @property
    def value(self) -> str:
        """How the facet names it: "5000-10000", "50000-"."""
        return f"{self.low}-{'' if self.high is None else self.high}"


REWARD_BANDS = (
    RewardBand(0, 5_000),
    RewardBand(5_000, 10_000),
    RewardBand(10_000, 20_000),
    RewardBand(20_000, 50_000),
    RewardBand(50_000, None),
)
_BAND_STARTS = [band.low for band in REWARD_BANDS]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueQuery:
    """A search. Values of one facet are alternatives; different facets and all words must hold.

    `text` may be anything that people type: at most its first 200 characters are read, and what is
    not a word is ignored. The last Latin word counts as unfinished unless something follows it, and a single
    letter at the end as not yet begun.
    `reward_min` and `reward_max` (CNY) are both included. Raises Invalid for a `limit` outside
    1 to 100.
    """

    text: str = ""
    viewer: Viewer = ANYONE
    states: frozenset[str] = frozenset()
    factories: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    industries: frozenset[str] = frozenset()
    reward_min: int | None = None
    reward_max: int | None = None
    sort: Sort = Sort.RELEVANCE
    cursor: str | None = None
    limit: int = 20

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAX_LIMIT:
            raise Invalid("limit", minimum=1, maximum=MAX_LIMIT)

    @property
    def chosen(self) -> dict[FacetName, frozenset[str]]:
        """The values chosen in each facet that counts by value; only facets with a choice."""
        choices = {
            FacetName.STATE: self.states,
            FacetName.FACTORY: self.factories,
            FacetName.SKILL: self.skills,
            FacetName.INDUSTRY: self.industries,
        }
        return {name: values for name, values in choices.items() if values}

    @property
    def narrowed(self) -> frozenset[FacetName]:
        """The facets that restrict the hits."""
        by_reward = self.reward_min is not None or self.reward_max is not None
        return frozenset(self.chosen) | ({FacetName.REWARD} if by_reward else frozenset())


@dataclass(frozen=True, slots=True)
class Facet:
    """How many hits there would be if this value alone were chosen in its facet."""

    value: str
    count: int


def reward_facets(rewards: Iterable[int]) -> tuple[Facet, ...]:
    """How many of `rewards` (CNY) lie in each band, in the order of bands; negative ones in none."""
    counts = Counter(bisect_right(_BAND_STARTS, reward) for reward in rewards)
    return tuple(Facet(band.value, counts[i]) for i, band in enumerate(REWARD_BANDS, 1) if counts[i])


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A found challenge. `title_html` and `snippet_html` are escaped; their only tag is `<mark>`."""

    id: str
    doc_version: int
    score: float
    title_html: str
    snippet_html: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of hits. With `total_relation` "gte" there are at least `total` hits.

    Counts of a facet heed everything but the choice in that very facet; bands and values without hits
    are left out, and of many values the 50 most frequent are kept.
    """

    hits: tuple[SearchHit, ...] = ()
    total: int = 0
    total_relation: Literal["eq", "gte"] = "eq"
    next_cursor: str | None = None
    facets: Mapping[FacetName, tuple[Facet, ...]] = field(default_factory=dict)


class SuggestionKind(StrEnum):
    SKILL = "skill"
    CHALLENGE = "challenge"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What somebody may be about to type. A challenge has one title, in its own language.

    `count` is the number of challenges behind it that the viewer may see.
    """

    kind: SuggestionKind
    id: str
    zh: str
    en: str
    count: int
