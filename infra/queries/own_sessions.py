"""Where a person is signed in, for them to see and to end."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from infra.accounts import digest
from infra.tables.access import sessions

MOST = 50


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session as its owner sees it; `id` is what it is kept under and opens nothing."""

    id: str
    created_at: datetime
    expires_at: datetime
    is_this: bool


def sessions_of(
    connection: Connection, person_id: str, now: datetime, this: str | None, most: int = MOST
) -> list[OwnSession]:
    """A person's sessions that have not expired: the one with the id `this` first, then the newest."""
    columns = sessions.c
    is_this = (columns.token_hash == (this or "")).label("is_this")
    query = (
        select(columns.token_hash, columns.created_at, columns.expires_at, is_this)
        .where(columns.person_id == person_id, columns.expires_at > now)
        .order_by(is_this.desc(), columns.created_at.desc(), columns.token_hash)
        .limit(most)
    )
    return [OwnSession(*row) for row in connection.execute(query)]


def session_id(secret: str | None) -> str | None:
    """The id of the session that a secret opens."""
    return digest(secret) if secret is not None else None


def end_session(connection: Connection, person_id: str, id: str) -> bool:
    """End one; False where the person has none of that id."""
    mine = (sessions.c.person_id == person_id, sessions.c.token_hash == id)
    return connection.execute(delete(sessions).where(*mine)).rowcount > 0


def end_other_sessions(connection: Connection, person_id: str, kept: str | None) -> None:
    """End all of a person's sessions but the one with the id `kept`."""
    ended = delete(sessions).where(sessions.c.person_id == person_id)
    if kept is not None:
        ended = ended.where(sessions.c.token_hash != kept)
    connection.execute(ended)
