"""Passwords and API tokens: secrets that leave here once and are kept only as hashes.

A password is hashed with Argon2id, slowly. Functions take the connection of a transaction that the caller
commits.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from sqlalchemy import Connection, delete, insert, select

from domain.errors import NotFound
from infra.digests import digest
from infra.sessions import end_sessions
from infra.sql import insert_or
from infra.tables.access import api_tokens, passwords
from infra.tables.market import accepted_terms, people

TOKEN_PREFIX = "jb_"  # noqa: S105 - it marks our tokens for people and secret scanners
HASHES_AT_ONCE = 2
READABLE = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without those that look alike on paper."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new API token; `secret` is shown to its owner now and never again."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token as its owner sees it later."""

    id: str
    label: str
    created_at: datetime
    expires_at: datetime | None


class Passwords:
    """Hashes and checks passwords, few at a time: each takes 64 MB and a third of a second by design."""

    def __init__(self, hasher: PasswordHash | None = None) -> None:
        self._hasher = hasher or PasswordHash.recommended()
        self._turn = BoundedSemaphore(HASHES_AT_ONCE)

    @cached_property
    def _nobodys(self) -> str:
        """Checked for logins that do not exist, so that the time of an answer does not tell which ones do."""
        return self._hasher.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """The hash to store."""
        with self._turn:
            return self._hasher.hash(password)

    def fits(self, password: str, stored: str | None) -> bool:
        """Whether it is the password of the stored hash; takes as long where there is none."""
        with self._turn:
            nobodys = self._nobodys  # made by the first check, whoever it is of
            return self._hasher.verify(password, stored or nobodys) and stored is not None


def new_password() -> str:
    """A password to hand over: four groups of four characters, 79 bits."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(4))


def set_password(
    connection: Connection, person_id: str, password_hash: str, *, but_session: str | None = None
) -> None:
    """Give a person another password, which ends every session that the former one opened.

    But for the one of the secret `but_session`, in which they change it. Tokens stay.
    """
    statement = insert_or(connection, passwords).values(person_id=person_id, hash=password_hash)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["person_id"], set_={"hash": password_hash})
    )
    end_sessions(connection, person_id, but=but_session)


def person_of_login(connection: Connection, login: str) -> str:
    """The id of whoever signs in with `login`. Raises NotFound."""
    found = connection.execute(select(people.c.id).where(people.c.login == login)).scalar_one_or_none()
    if found is None:
        raise NotFound(kind="person who signs in as", id=login)
    return str(found)


def password_of(connection: Connection, login: str) -> tuple[str, str] | None:
    """The person's id and password hash; None where nobody signs in with `login`."""
    found = connection.execute(
        select(people.c.id, passwords.c.hash)
        .join(passwords, passwords.c.person_id == people.c.id)
        .where(people.c.login == login)
    ).one_or_none()
    return (found.id, found.hash) if found else None


def issue_token(
    connection: Connection, person_id: str, label: str, now: datetime, expires_at: datetime | None = None
) -> IssuedToken:
    """Make an API token that acts as the person, for ever where `expires_at` is None."""
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = IssuedToken(digest(secret), secret)
    connection.execute(
        insert(api_tokens).values(
            token_hash=token.id, person_id=person_id, label=label, created_at=now, expires_at=expires_at
        )
    )
    return token


def tokens_of(connection: Connection, person_id: str) -> list[TokenInfo]:
    """A person's tokens, the newest first."""
    columns = api_tokens.c
    query = (
        select(columns.token_hash, columns.label, columns.created_at, columns.expires_at)
        .where(columns.person_id == person_id)
        .order_by(columns.created_at.desc(), columns.token_hash)
    )
    return [TokenInfo(*row) for row in connection.execute(query)]


def revoke_token(connection: Connection, person_id: str, token_id: str) -> bool:
    """Take a token away; False where the person has none of that id."""
    mine = (api_tokens.c.token_hash == token_id, api_tokens.c.person_id == person_id)
    return connection.execute(delete(api_tokens).where(*mine)).rowcount > 0


def accept_terms(connection: Connection, person_id: str, terms: str, now: datetime) -> None:
    """Note that the person accepted this edition of a challenge's terms; again changes nothing."""
    row = insert_or(connection, accepted_terms).values(person_id=person_id, terms=terms, accepted_at=now)
    connection.execute(row.on_conflict_do_nothing())
