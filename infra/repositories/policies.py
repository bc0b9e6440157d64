"""The versions of the matching policy."""

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from domain.errors import Conflict
from domain.matching.model import DEFAULT_POLICY, Policy
from domain.ports import Clock
from infra.tables.market import policies


def current_policy(connection: Connection) -> Policy:
    """The newest version; the shipped one where an administrator never changed it."""
    newest = select(policies.c.policy).order_by(policies.c.version.desc()).limit(1)
    found: Policy | None = connection.execute(newest).scalar_one_or_none()
    return found or DEFAULT_POLICY


class SqlPolicies:
    """Policies as rows that are only ever added."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def current(self) -> Policy:
        return current_policy(self._connection)

    def activate(self, policy: Policy) -> None:
        row = {"version": policy.version, "policy": policy, "activated_at": self._clock.now()}
        try:
            self._connection.execute(insert(policies), row)
        except IntegrityError as error:
            raise Conflict(kind="policy", version=policy.version) from error
