"""The audience rule as a condition on challenge rows, for questions that the catalogue does not answer."""

from sqlalchemy import ColumnElement, and_, false, or_, true

from domain.audience import Audience, Confidentiality, Viewer, may_see_listing
from domain.challenges import UNPUBLISHED, ChallengeState
from infra.tables.market import challenges

_NOBODYS = ""
"""An organisation id that nobody has."""


def may_see(viewer: Viewer) -> ColumnElement[bool]:
    """The rows whose listing `viewer` may see: `domain.audience.may_see_listing` for a set of them."""
    if may_see_listing(Audience.OWNER, _NOBODYS, viewer):
        return true()
    columns = challenges.c
    hidden = or_(
        columns.state.in_(UNPUBLISHED),
        and_(columns.state == ChallengeState.CANCELLED, columns.opened_at.is_(None)),
    )
    members = may_see_listing(Audience.MEMBERS, _NOBODYS, viewer)
    shown = true() if members else columns.confidentiality == Confidentiality.PUBLIC
    own = columns.factory_id == viewer.organisation_id if viewer.organisation_id else false()
    return or_(own, and_(~hidden, shown))
