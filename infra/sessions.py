"""Sessions: where people are signed in. A session's secret leaves here once and is kept only as a hash.

Functions take the connection of a transaction that the caller commits.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from infra.digests import digest
from infra.tables.access import sessions

SESSION_LIFETIME = timedelta(days=14)
MOST = 50


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session as its owner sees it; `id` is what it is kept under and opens nothing."""

    id: str
    created_at: datetime
    expires_at: datetime
    is_this: bool


def open_session(connection: Connection, person_id: str, now: datetime) -> str:
    """Sign a person in; returns the session's secret, for a cookie."""
    secret = secrets.token_urlsafe(32)
    connection.execute(
        insert(sessions).values(
            token_hash=digest(secret),
            person_id=person_id,
            created_at=now,
            expires_at=now + SESSION_LIFETIME,
        )
    )
    return secret


def close_session(connection: Connection, secret: str) -> None:
    """Sign out; an unknown secret changes nothing."""
    connection.execute(delete(sessions).where(sessions.c.token_hash == digest(secret)))


def sessions_of(
    connection: Connection, person_id: str, now: datetime, secret: str | None, most: int = MOST
) -> list[OwnSession]:
    """A person's sessions that have not expired: the one that `secret` opens first, then the newest."""
    columns = sessions.c
    is_this = (columns.token_hash == digest(secret or "")).label("is_this")
    query = (
        select(columns.token_hash, columns.created_at, columns.expires_at, is_this)
        .where(columns.person_id == person_id, columns.expires_at > now)
        .order_by(is_this.desc(), columns.created_at.desc(), columns.token_hash)
        .limit(most)
    )
    return [OwnSession(*row) for row in connection.execute(query)]


def end_session(connection: Connection, person_id: str, id: str) -> bool:
    """End one; False where the person has none of that id."""
    mine = (sessions.c.person_id == person_id, sessions.c.token_hash == id)
    return connection.execute(delete(sessions).where(*mine)).rowcount > 0


def end_sessions(connection: Connection, person_id: str, *, but: str | None = None) -> None:
    """End all of a person's sessions but the one that the secret `but` opens."""
    ended = delete(sessions).where(sessions.c.person_id == person_id)
    if but is not None:
        ended = ended.where(sessions.c.token_hash != digest(but))
    connection.execute(ended)
