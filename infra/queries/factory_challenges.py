"""All challenges of a factory, for its own people."""

from sqlalchemy import Connection, select

from infra.queries.documents import Listing, listings
from infra.tables.market import challenges

MOST = 200


def challenges_of_factory(connection: Connection, factory_id: str) -> list[Listing]:
    """The newest 200, the newest first."""
    newest = (
        select(challenges.c.id)
        .where(challenges.c.factory_id == factory_id)
        .order_by(challenges.c.number.desc())
        .limit(MOST)
    )
    found = listings(connection, connection.execute(newest).scalars())
    return sorted(found, key=lambda listing: -listing.challenge.number)
