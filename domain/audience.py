"""Who may see what: one rule, rendered to SQL, FTS5 and Elasticsearch by the adapters."""

from dataclasses import dataclass, field
from enum import StrEnum


class Audience(StrEnum):
    """Who may see that a thing exists: its listing, teaser, counts and hints about it."""

    PUBLIC = "public"
    MEMBERS = "members"
    OWNER = "owner"


class Confidentiality(StrEnum):
    """How far a factory opens a challenge once it is published."""

    PUBLIC = "public"
    MEMBERS = "members"
    NDA = "nda"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person who looks, as far as the rule needs to know; the default is somebody not signed in."""

    person_id: str | None = None
    organisation_id: str | None = None
    is_administrator: bool = False
    accepted_terms: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_member(self) -> bool:
        """Whether the viewer is signed in."""
        return self.person_id is not None


ANYONE = Viewer()


def may_see_listing(audience: Audience, owner_id: str, viewer: Viewer) -> bool:
    """Whether `viewer` may know of a thing that the organisation `owner_id` shows to `audience`."""
    if viewer.is_administrator or viewer.organisation_id == owner_id:
        return True
    match audience:
        case Audience.PUBLIC:
            return True
        case Audience.MEMBERS:
            return viewer.is_member
        case Audience.OWNER:
            return False


def may_see_brief(confidentiality: Confidentiality, owner_id: str, terms: str | None, viewer: Viewer) -> bool:
    """Whether `viewer` may read the full brief; an NDA asks for the accepted `terms` (id and version)."""
    if viewer.is_administrator or viewer.organisation_id == owner_id:
        return True
    if confidentiality is Confidentiality.NDA:
        return terms is not None and terms in viewer.accepted_terms
    return confidentiality is Confidentiality.PUBLIC or viewer.is_member


@dataclass(frozen=True, slots=True)
class Reach:
    """Who may know that something happened: an audience, and those whom it concerns by name."""

    audience: Audience
    organisations: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()

    def includes(self, viewer: Viewer) -> bool:
        """The rule of `may_see_listing`, with more than one owner."""
        if viewer.person_id in self.people or viewer.organisation_id in self.organisations:
            return True
        return may_see_listing(self.audience, "", viewer)
