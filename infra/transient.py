"""Whose fault a failure is: the one place that knows the errors of databases and networks."""

from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from domain.errors import Conflict

_PASSING_STATES = ("08", "40", "53", "55", "57", "58")
"""SQLSTATE classes: connection, rollback of a transaction (serialisation, deadlock), resources, locks,
an operator's intervention (restart), the system around the database."""


def is_transient(error: BaseException) -> bool:
    """Whether doing the same again later may succeed, with nothing changed in the input or the program."""
    if isinstance(error, (Conflict, PoolTimeout, OSError)):
        return True
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        if state is not None:
            return str(state).startswith(_PASSING_STATES)
        # SQLite (locked, busy, disk full) and a connection that was lost before an answer have no state.
        return error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError))
    return False


def said_by_database(error: BaseException) -> str | None:
    """What the database answered, in a line; None where the error is not a database's."""
    return str(error.orig).strip().partition("\n")[0] if isinstance(error, DBAPIError) else None


def is_unstorable(error: BaseException) -> bool:
    """Whether a value is none that a row can hold (U+0000, say): the fault of whoever sent it."""
    return isinstance(error, DataError)
