"""What the catalogue knows of a challenge."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.audience import Audience

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SkillLabel:
    """A skill that a challenge asks for, with everything that people call it."""

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Both names, then the aliases."""
        return (self.zh, self.en, *self.aliases)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueDocument:
    """One challenge as the catalogue shows and finds it, plain text throughout.

    `doc_version` orders the documents of one id: the catalogue keeps the highest. Everything in it is
    visible to everybody in `audience`, so whoever builds it leaves out what they may not read: the
    `summary` is the brief, but of an NDA challenge only the teaser. A document with `deleted` is a
    tombstone: it is never found, and keeps lower versions out.
    """

    id: str
    doc_version: int
    deleted: bool = False
    number: int = 0
    title: str = ""
    summary: str = ""
    language: str = "zh"
    audience: Audience = Audience.OWNER
    owner_id: str = ""
    factory_zh: str = ""
    factory_en: str = ""
    state: str = ""
    industry: str = ""
    skills: tuple[SkillLabel, ...] = ()
    reward_cny: int = 0
    posted_at: datetime = EPOCH
    deadline: datetime | None = None
    bid_count: int = 0
    city: str = ""

    @classmethod
    def tombstone(cls, id: str, doc_version: int) -> "CatalogueDocument":
        """What replaces the document of a challenge that is no longer in the catalogue."""
        return cls(id=id, doc_version=doc_version, deleted=True)

    @property
    def label(self) -> str:
        """The number as people write and search it: J-0412."""
        return f"J-{self.number:04d}"

    @property
    def skill_codes(self) -> tuple[str, ...]:
        """The codes of the skills asked for, in their order, each once."""
        return tuple(dict.fromkeys(skill.code for skill in self.skills))

    @property
    def skill_names(self) -> tuple[str, ...]:
        """All names of the skills, for search."""
        return tuple(name for skill in self.skills for name in skill.names)

    @property
    def origin(self) -> tuple[str, ...]:
        """Who posted it, where, and under which number, for search."""
        return tuple(part for part in (self.factory_zh, self.factory_en, self.city, self.label) if part)


NEVER_MS = 253_402_300_800_000
"""The year 10000 in milliseconds: where a challenge without a deadline stands in that order."""


def milliseconds(moment: datetime | None) -> int:
    """Milliseconds since 1970 in UTC; NEVER_MS for no moment. Before 1970 counts as 1970."""
    if moment is None:
        return NEVER_MS
    return max(0, int(moment.timestamp() * 1000))


def newest(documents: Iterable[CatalogueDocument]) -> list[CatalogueDocument]:
    """The document with the highest version of each id."""
    latest: dict[str, CatalogueDocument] = {}
    for document in documents:
        if document.id not in latest or latest[document.id].doc_version < document.doc_version:
            latest[document.id] = document
    return list(latest.values())
