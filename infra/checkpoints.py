"""How far each consumer of the embedded log has come; committed with what it did."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from infra.sql import insert_or
from infra.tables.log import checkpoints


def positions(connection: Connection, consumers: Iterable[str]) -> Mapping[str, int]:
    """The position of each of `consumers`; 0 for one that has not begun."""
    wanted = list(consumers)
    query = select(checkpoints.c.consumer, checkpoints.c.position).where(checkpoints.c.consumer.in_(wanted))
    begun = {row.consumer: row.position for row in connection.execute(query)}
    return {consumer: begun.get(consumer, 0) for consumer in wanted}


def move(connection: Connection, consumer: str, position: int) -> None:
    """Note that `consumer` needs nothing up to `position` any more; it never moves back."""
    statement = insert_or(connection, checkpoints)
    new = statement.excluded.position
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["consumer"], set_={"position": new}, where=checkpoints.c.position < new
        ),
        {"consumer": consumer, "position": position},
    )
