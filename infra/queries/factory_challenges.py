"""All challenges of a factory, for its own people."""

from sqlalchemy import Connection, func, select

from infra.queries.documents import Listing, listings
from infra.tables.market import challenges

MOST = 200


def challenges_of_factory(
    connection: Connection, factory_id: str, below: int | None = None, most: int = MOST
) -> list[Listing]:
    """The newest with numbers under `below`, 200 unless told otherwise, the newest first."""
    newest = (
        select(challenges.c.id)
        .where(challenges.c.factory_id == factory_id)
        .order_by(challenges.c.number.desc())
        .limit(most)
    )
    if below is not None:
        newest = newest.where(challenges.c.number < below)
    found = listings(connection, connection.execute(newest).scalars())
    return sorted(found, key=lambda listing: -listing.challenge.number)


def count_of_factory(connection: Connection, factory_id: str) -> int:
    """How many challenges a factory has."""
    counted = select(func.count()).where(challenges.c.factory_id == factory_id)
    return int(connection.execute(counted).scalar_one())
