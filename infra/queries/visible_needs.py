"""What the open challenges that a viewer may see ask for."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from domain.audience import Viewer
from domain.challenges import ChallengeState
from domain.matching.model import Need
from infra.queries.visible_challenges import may_see
from infra.supplies import needs_of
from infra.tables.market import challenges

MOST = 300


def visible_open_needs(connection: Connection, viewer: Viewer, most: int = MOST) -> Sequence[Need]:
    """The needs of the newest open challenges that the viewer may see, 300 unless told otherwise."""
    newest = (
        select(challenges.c.id)
        .where(challenges.c.state == ChallengeState.OPEN, may_see(viewer))
        .order_by(challenges.c.opened_at.desc())
        .limit(most)
    )
    return needs_of(connection, connection.execute(newest).scalars()).open
