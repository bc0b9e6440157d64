"""Who a token or a session belongs to, read anew for each request, so that what was taken away is gone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Select, Table, bindparam, select

from domain.audience import Viewer
from domain.organisations import Actor, OrganisationKind, Role
from infra.queries.glance import Glance, Prepared
from infra.tables.access import api_tokens, sessions
from infra.tables.market import accepted_terms, organisations, people


@dataclass(frozen=True, slots=True)
class Identity:
    """The person behind a request, with the organisation's kind."""

    person_id: str
    organisation_id: str
    organisation_kind: OrganisationKind
    roles: frozenset[Role]

    @property
    def actor(self) -> Actor:
        """The person as use cases know them."""
        return Actor(self.person_id, self.organisation_id, self.roles)

    @property
    def viewer(self) -> Viewer:
        """The person as the audience rule knows them, without the terms that they accepted."""
        return Viewer(self.person_id, self.organisation_id, Role.ADMINISTRATOR in self.roles)


def _holder(credentials: Table, expires_at: Column[datetime]) -> Prepared:
    query: Select[tuple[object, ...]] = (
        select(people.c.id, people.c.organisation_id, organisations.c.kind, people.c.roles, expires_at)
        .join(credentials, credentials.c.person_id == people.c.id)
        .join(organisations, organisations.c.id == people.c.organisation_id)
        .where(credentials.c.token_hash == bindparam("token_hash"))
    )
    return Prepared(query)


_OF_TOKEN = _holder(api_tokens, api_tokens.c.expires_at)
_OF_SESSION = _holder(sessions, sessions.c.expires_at)
_ACCEPTED = Prepared(
    select(accepted_terms.c.terms).where(
        accepted_terms.c.person_id == bindparam("person_id"), accepted_terms.c.terms == bindparam("terms")
    )
)


def identity_of_token(look: Glance, token_hash: str, now: datetime) -> Identity | None:
    """Whose API token this is; None where there is none or it has expired."""
    return _identity(look, _OF_TOKEN, token_hash, now)


def identity_of_session(look: Glance, token_hash: str, now: datetime) -> Identity | None:
    """Whose session this is; None where there is none or it has expired."""
    return _identity(look, _OF_SESSION, token_hash, now)


def accepted_terms_of(connection: Connection, person_id: str) -> frozenset[str]:
    """All editions of terms that the person accepted."""
    query = select(accepted_terms.c.terms).where(accepted_terms.c.person_id == person_id)
    return frozenset(connection.execute(query).scalars())


def has_accepted(look: Glance, person_id: str, terms: str) -> bool:
    """Whether the person accepted this edition of a challenge's terms."""
    return look.first(_ACCEPTED, person_id=person_id, terms=terms) is not None


def _identity(look: Glance, holder: Prepared, token_hash: str, now: datetime) -> Identity | None:
    row = look.first(holder, token_hash=token_hash)
    if row is None or (row["expires_at"] is not None and row["expires_at"] <= now):
        return None
    return Identity(row["id"], row["organisation_id"], row["kind"], row["roles"])
