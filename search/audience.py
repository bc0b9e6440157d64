"""The audience rule inside queries: one description that each backend renders.

`domain.audience.may_see_listing` is the rule for one thing; this is the same rule for a set of them.
"""

from dataclasses import dataclass

from domain.audience import Audience, Viewer, may_see_listing

_NOBODYS = ""
"""An organisation id that nobody has."""


@dataclass(frozen=True, slots=True)
class ListingFilter:
    """Lets through documents shown to one of `audiences`, and those of the organisation `owner_id`."""

    audiences: frozenset[Audience]
    owner_id: str | None

    @property
    def lets_all_through(self) -> bool:
        """Whether there is nothing to filter."""
        return self.audiences == frozenset(Audience)


def listing_filter(viewer: Viewer) -> ListingFilter:
    """What `viewer` may see in the catalogue, asked of the domain's rule for each audience."""
    return ListingFilter(
        frozenset(audience for audience in Audience if may_see_listing(audience, _NOBODYS, viewer)),
        viewer.organisation_id,
    )
