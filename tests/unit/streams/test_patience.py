"""Which failures are waited for, and how long."""

import pytest
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from domain.errors import Conflict, Invalid, StaleAggregate
from infra.transient import is_transient
from streams.patience import Backoff, Patience, State
from tests.fakes.stop import FakeStop


class Refusal(Exception):
    """A database's error as psycopg raises it."""

    def __init__(self, sqlstate: str | None) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    "error",
    [
        Conflict(),
        StaleAggregate(),
        PoolTimeout(),
        ConnectionResetError(),
        TimeoutError(),
        OperationalError("", {}, Refusal("40001")),
        OperationalError("", {}, Refusal("40P01")),
        OperationalError("", {}, Refusal("08006")),
        OperationalError("", {}, Refusal("57P01")),
        OperationalError("", {}, Refusal("53300")),
        OperationalError("", {}, Refusal(None)),
        OperationalError("", {}, Exception("database is locked")),
        DataError("", {}, Refusal(None), connection_invalidated=True),
    ],
)
def test_what_passes_by_itself(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        KeyError(),
        Invalid(),
        RecursionError(),
        IntegrityError("", {}, Refusal("23505")),
        DataError("", {}, Refusal("22P05")),
        DataError("", {}, Refusal(None)),
    ],
)
def test_what_never_passes(error: Exception) -> None:
    assert not is_transient(error)


def test_waits_double_up_to_the_most() -> None:
    backoff = Backoff(first=0.5, most=3.0)
    assert [backoff.seconds(n) for n in (0, 1, 2, 3, 1_000)] == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_the_status_says_why_it_waits_and_since_when() -> None:
    stop, now = FakeStop(), iter(range(100))
    patience = Patience("c", stop, monotonic=lambda: float(next(now)))
    statuses = []
    stop.while_waiting = lambda: statuses.append(patience.status)

    def fail_once() -> None:
        if not stop.waits:
            raise ConnectionError("no route\nto host")

    assert patience.attempt(fail_once) is None
    (waiting,) = statuses
    assert (waiting.state, waiting.reason) == (State.RETRYING, "ConnectionError: no route")
    assert patience.status.state is State.RUNNING
    assert patience.status.beat > waiting.beat
