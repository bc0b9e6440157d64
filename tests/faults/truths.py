"""What has to hold after every fault, read from the database and the catalogue themselves."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import Column, Connection, func, select

from domain.events import EventRecord
from infra.database import Database
from infra.outbox import EVENTS, decode_message
from infra.tables.log import outbox
from infra.tables.market import challenges
from infra.tables.projections import announcements, notifications
from search.catalogue import Catalogue


def every_acknowledged_challenge_is_there_once(database: Database, acknowledged: Collection[str]) -> None:
    """Neither lost nor doubled: the posters' titles are their keys."""
    with database.read() as connection:
        rows = connection.execute(select(challenges.c.id, challenges.c.title)).all()
    titles = [row.title for row in rows if row.title.startswith("poster-")]
    assert len(titles) == len(set(titles)), "a request took effect twice"
    assert {row.id for row in rows if row.title.startswith("poster-")} == set(acknowledged)


def records_of_outbox(database: Database) -> list[EventRecord]:
    """The domain events of the outbox, in its order."""
    with database.read() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.topic == EVENTS).order_by(outbox.c.id)).all()
    return [decode_message(row.key, row.headers, row.value) for row in rows]


def the_log_is_whole_and_in_order(records: Iterable[EventRecord], repeats: bool = False) -> None:
    """Every aggregate's sequence begins at 1 and has no gap; with `repeats`, each at least once, in order."""
    sequences: dict[tuple[str, str], list[int]] = defaultdict(list)
    for record in records:
        aggregate = record.event.type.split(".")[1]
        sequences[aggregate, record.subject].append(record.sequence)
    for subject, found in sequences.items():
        first_times = list(dict.fromkeys(found))
        assert first_times == list(range(1, len(first_times) + 1)), f"{subject}: {found}"
        assert repeats or found == first_times, f"{subject}: {found}"


def catalogue_is_current(database: Database, catalogue: Catalogue, ids: Collection[str]) -> bool:
    """Whether each challenge is there with the version that its row says."""
    with database.read() as connection:
        wanted = {
            row.id: row.doc_version
            for row in connection.execute(select(challenges.c.id, challenges.c.doc_version))
            if row.id in ids
        }
    found: dict[str, int] = {}
    for start in range(0, len(wanted), 200):
        found |= catalogue.versions(list(wanted)[start : start + 200])
    return found == wanted


def every_team_is_told_once(database: Database, ids: Collection[str], teams: int, people: int) -> bool:
    """Whether each challenge has been announced to all `teams`, and to their `people` by one line each."""
    with database.read() as connection:
        told = _counted(connection, announcements.c.challenge_id)
        lines = _counted(connection, notifications.c.challenge_id)
    return all(told.get(id) == teams and lines.get(id) == people for id in ids)


def _counted(connection: Connection, column: Column[str]) -> dict[str, int]:
    rows = connection.execute(select(column, func.count().label("number")).group_by(column))
    return {row[0]: row.number for row in rows}
