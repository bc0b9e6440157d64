"""What the guard promises: each message takes effect once, is put aside, or waits."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, ProgrammingError

from domain.errors import Conflict
from domain.events import EVENTS, Event, EventRecord, OrganisationRegistered
from infra.checkpoints import move, positions
from infra.database import Database
from infra.tables.log import dead_letters
from infra.unit_of_work import SqlUnitOfWork, Store
from search.errors import CatalogueUnavailable
from streams.guard import Guard, event_guard
from streams.messages import RawMessage
from streams.patience import LASTING_CONFLICT, State, Stopped
from tests.contract.streams.log import effects, letters, message
from tests.fakes.processors import Echo
from tests.fakes.stop import FakeStop

LOST = OperationalError("SELECT 1", {}, OSError("connection refused"))


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def guard(store: Store, echo: Echo, stop: FakeStop) -> Guard[EventRecord]:
    return event_guard(store, echo, 1, stop)


@pytest.fixture
def next_version() -> Iterator[str]:
    """An event type that becomes known in the middle of a test, as with a newer release."""
    name = "jiebang.organisation.renamed.v2"
    yield name
    EVENTS.pop(name, None)


def unknown(number: int, type: str) -> RawMessage:
    known = message(number)
    return replace(known, headers={**known.headers, "ce_type": type})


def checkpoint(work: SqlUnitOfWork) -> None:
    move(work.connection, "echo", 8)


def reached(database: Database) -> int:
    with database.read() as connection:
        return positions(connection, ["echo"])["echo"]


def broken_at(*numbers: int, error: Exception | None = None) -> Echo:
    poisonous = {message(number).headers["ce_id"] for number in numbers}
    return Echo(lambda record: (error or KeyError("boom")) if record.id in poisonous else None)


def test_a_message_takes_effect_once_however_often_it_comes(
    guard: Guard[EventRecord], database: Database
) -> None:
    guard.run([message(1), message(2)])
    guard.run([message(2), message(3)])
    guard.run([message(1), message(2), message(3)])
    assert effects(database) == ["001", "002", "003"]


def test_a_message_that_comes_twice_in_a_batch_takes_effect_once(
    guard: Guard[EventRecord], database: Database
) -> None:
    guard.run([message(1), message(2), message(1)])
    assert effects(database) == ["001", "002"]


def test_another_generation_begins_anew(store: Store, stop: FakeStop, database: Database) -> None:
    for generation in (1, 2):
        event_guard(store, Echo(), generation, stop).run([message(1)])
    assert effects(database) == ["001", "001"]


def test_what_the_processor_does_not_consume_is_not_even_read(
    guard: Guard[EventRecord], echo: Echo, database: Database
) -> None:
    other = replace(message(1, OrganisationRegistered(kind="factory")), value=b"{ not json")
    assert not guard.concerns([other])
    guard.run([other])
    assert (echo.batches, letters(database)) == ([], [])


def test_one_poison_message_is_found_and_the_others_take_effect(
    store: Store, stop: FakeStop, database: Database
) -> None:
    echo = broken_at(5)
    event_guard(store, echo, 1, stop).run([message(n) for n in range(1, 9)], also=checkpoint)
    assert effects(database) == ["001", "002", "003", "004", "006", "007", "008"]
    assert letters(database) == [("jiebang.events/0/5", "processor_failed")]
    assert len(echo.batches) < 9, "halving finds it in fewer attempts than one by one"
    assert reached(database) == 8
    with database.read() as connection:
        (kept,) = connection.execute(select(dead_letters)).all()
    assert (kept.value, kept.headers) == (message(5).value, message(5).headers)
    assert kept.details == {"error": "KeyError", "message": "'boom'"}


def test_poison_stays_aside_when_it_comes_again(store: Store, stop: FakeStop, database: Database) -> None:
    echo = broken_at(1, 2)
    guard = event_guard(store, echo, 1, stop)
    guard.run([message(1), message(2), message(3)])
    attempts = len(echo.batches)
    guard.run([message(1), message(2), message(3)])
    assert len(echo.batches) == attempts
    assert [origin for origin, _ in letters(database)] == ["jiebang.events/0/1", "jiebang.events/0/2"]


def test_poison_that_the_database_refuses_is_put_aside(
    store: Store, stop: FakeStop, database: Database
) -> None:
    def refuse(record: EventRecord) -> Exception | None:
        return ProgrammingError("INSERT", {}, ValueError("no such column")) if "e002" in record.id else None

    event_guard(store, Echo(refuse), 1, stop).run([message(1), message(2)])
    assert effects(database) == ["001"]
    assert letters(database) == [("jiebang.events/0/2", "processor_failed")]


@pytest.mark.parametrize(
    "error", [LOST, CatalogueUnavailable("no node answers"), Conflict(kind="challenge"), TimeoutError()]
)
def test_a_passing_failure_is_retried_in_place_ever_slower(
    error: Exception, store: Store, stop: FakeStop, database: Database
) -> None:
    echo = Echo(lambda _: error if len(stop.waits) < 4 else None)
    event_guard(store, echo, 1, stop).run([message(1), message(2)], also=checkpoint)
    assert effects(database) == ["001", "002"]
    assert letters(database) == []
    assert stop.waits == [0.05, 0.1, 0.2, 0.4]
    assert reached(database) == 8


def test_a_failure_that_does_not_pass_waits_for_the_stop(store: Store, database: Database) -> None:
    stop = FakeStop()
    guard = event_guard(store, Echo(lambda _: LOST), 1, stop)
    seen: list[State] = []

    def look() -> None:
        seen.append(guard.status.state)
        if len(stop.waits) == 30:
            stop.set()

    stop.while_waiting = look
    with pytest.raises(Stopped):
        guard.run([message(1)], also=checkpoint)
    assert set(seen) == {State.RETRYING}
    assert max(stop.waits) == 10.0
    assert (effects(database), letters(database), reached(database)) == ([], [], 0)


def test_a_conflict_that_lasts_is_the_messages_own(store: Store, stop: FakeStop, database: Database) -> None:
    event_guard(store, broken_at(2, error=Conflict()), 1, stop).run([message(1), message(2)])
    assert effects(database) == ["001"]
    assert letters(database) == [("jiebang.events/0/2", "conflict")]
    assert len(stop.waits) >= LASTING_CONFLICT


def test_no_message_is_blamed_for_a_checkpoint_that_fails(
    guard: Guard[EventRecord], stop: FakeStop, database: Database
) -> None:
    def fail_at_first(work: SqlUnitOfWork) -> None:
        if len(stop.waits) < 3:
            raise KeyError("a bug in the host")
        checkpoint(work)

    guard.run([message(1), message(2)], also=fail_at_first)
    assert (effects(database), letters(database), reached(database)) == (["001", "002"], [], 8)


@pytest.mark.parametrize(
    "change",
    [
        {"value": b"{"},
        {"value": None},
        {"value": b"[]"},
        {"value": b"[" * 100_000},
        {"headers": {"ce_type": "jiebang.organisation.renamed.v1"}},
        {"headers": {}},
        {"headers": {"ce_type": "com.example.other"}},
        {"headers": {**message(2).headers, "ce_time": "yesterday"}},
        {"headers": {**message(2).headers, "ce_sequence": "second"}},
        {"headers": {**message(2).headers, "ce_id": "a\0b"}},
        {"headers": {**message(2).headers, "ce_id": "\ud800"}},
        {"headers": {**message(2).headers, "ce_id": "x" * 500}},
    ],
)
def test_an_event_that_breaks_its_contract_is_put_aside(
    change: dict[str, object], guard: Guard[EventRecord], database: Database
) -> None:
    broken = replace(message(2), **change)  # type: ignore[arg-type]
    for _ in range(2):
        guard.run([message(1), broken, message(3)], also=checkpoint)
    assert effects(database) == ["001", "003"]
    assert [origin for origin, _ in letters(database)] == ["jiebang.events/0/2"]
    assert reached(database) == 8


def test_an_unknown_version_pauses_the_consumer_until_it_is_known(
    guard: Guard[EventRecord], stop: FakeStop, database: Database, next_version: str
) -> None:
    batch = [message(1), unknown(2, next_version), message(3)]
    seen: list[tuple[State, list[str]]] = []

    def upgrade() -> None:
        seen.append((guard.status.state, effects(database)))
        if len(seen) == 3:

            class RenamedAgain(Event, type=next_version):
                pass

    stop.while_waiting = upgrade
    guard.run(batch, also=checkpoint)
    assert seen == [(State.PAUSED, ["001"])] * 3
    assert stop.waits == [30.0] * 3
    assert guard.status.state is State.RUNNING
    assert effects(database) == ["001", "003"]
    assert (letters(database), reached(database)) == ([], 8)


def test_a_paused_consumer_can_be_stopped_and_has_skipped_nothing(
    guard: Guard[EventRecord], stop: FakeStop, database: Database, next_version: str
) -> None:
    stop.while_waiting = stop.set
    with pytest.raises(Stopped):
        guard.run([unknown(1, next_version), message(2)], also=checkpoint)
    assert (effects(database), letters(database), reached(database)) == ([], [], 0)
    assert next_version in guard.status.reason


def test_nothing_begins_after_the_stop(guard: Guard[EventRecord], stop: FakeStop, database: Database) -> None:
    stop.set()
    with pytest.raises(Stopped):
        guard.run([message(1)])
    assert effects(database) == []
