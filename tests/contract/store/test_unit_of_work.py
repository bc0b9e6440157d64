"""What a transaction promises, on both databases."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from domain.errors import Conflict, NotFound, StaleAggregate
from domain.organisations import Organisation, OrganisationKind
from domain.ports import DeadLetter, Timer, TimerKind
from infra.database import Database
from infra.outbox import decode_message
from infra.tables.log import dead_letters, outbox
from infra.unit_of_work import Store
from tests.fakes.clock import FakeClock


def factory(id: str = "00000000-0000-7000-8000-00000000f001") -> Organisation:
    return Organisation.register(id, OrganisationKind.FACTORY, "示例一厂", "Sample Plant 1", "苏州", "江苏")


def saved(store: Store) -> Organisation:
    organisation = factory()
    with store.begin() as work:
        work.organisations.save(organisation)
        work.commit()
    return organisation


def test_leaving_without_commit_keeps_nothing(store: Store, database: Database) -> None:
    with store.begin() as work:
        work.organisations.save(factory())
    with store.begin() as work, pytest.raises(NotFound):
        work.organisations.get(factory().id)
    with database.read() as connection:
        assert connection.execute(select(outbox)).all() == []


def test_rows_and_events_are_kept_together(store: Store, database: Database, clock: FakeClock) -> None:
    organisation = saved(store)
    with store.begin() as work:
        assert work.organisations.get(organisation.id) == organisation
    with database.read() as connection:
        (row,) = connection.execute(select(outbox)).all()
    record = decode_message(row.key, row.headers, row.value)
    assert (record.subject, record.sequence, record.event.type) == (
        organisation.id,
        1,
        "jiebang.organisation.registered.v1",
    )
    assert record.time == clock.now()
    assert json.loads(row.value) == {"kind": "factory"}


def test_a_second_writer_of_the_same_version_is_refused(store: Store) -> None:
    organisation = saved(store)
    with store.begin() as work:
        first = work.organisations.get(organisation.id)
        second = work.organisations.get(organisation.id)
        first.rename("示例甲厂", "Sample Plant A")
        second.rename("示例乙厂", "Sample Plant B")
        work.organisations.save(first)
        with pytest.raises(StaleAggregate):
            work.organisations.save(second)


def test_a_unique_rule_of_the_database_is_a_conflict(store: Store) -> None:
    saved(store)
    with store.begin() as work, pytest.raises(Conflict):
        work.organisations.save(factory())


def test_effects_name_their_cause(store: Store, database: Database) -> None:
    saved(store)
    with database.read() as connection:
        (row,) = connection.execute(select(outbox)).all()
    cause = decode_message(row.key, row.headers, row.value)
    with store.begin() as work:
        organisation = work.organisations.get(cause.subject)
        organisation.rename("示例甲厂", "Sample Plant A")
        work.outbox.because_of(cause)
        work.organisations.save(organisation)
        work.commit()
    with database.read() as connection:
        last = connection.execute(select(outbox).order_by(outbox.c.id.desc())).first()
    assert last is not None
    effect = decode_message(last.key, last.headers, last.value)
    assert (effect.causation_id, effect.correlation_id) == (cause.id, cause.correlation_id)


def test_concurrent_writers_all_get_their_turn(store: Store) -> None:
    organisation = saved(store)
    together = Barrier(8)

    def rename(number: int) -> bool:
        together.wait()
        while True:
            try:
                with store.begin() as work:
                    mine = work.organisations.get(organisation.id)
                    mine.rename(f"示例 {number} 厂", f"Sample Plant {number}")
                    work.organisations.save(mine)
                    work.commit()
            except StaleAggregate:
                continue
            return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(rename, range(8)))
    with store.begin() as work:
        assert work.organisations.get(organisation.id).version == 9


def test_an_event_is_claimed_once_by_each_generation_of_a_consumer(store: Store) -> None:
    def claim(consumer: str, generation: int) -> set[str]:
        with store.begin() as work:
            new = work.inbox.claim(consumer, generation, ["e1", "e2", "e1"])
            work.commit()
            return new

    assert claim("matcher", 1) == {"e1", "e2"}
    assert claim("matcher", 1) == set()
    assert claim("matcher", 2) == {"e1", "e2"}
    assert claim("progress", 1) == {"e1", "e2"}


def test_a_claim_that_rolls_back_was_none(store: Store) -> None:
    with store.begin() as work:
        work.inbox.claim("matcher", 1, ["e1"])
    with store.begin() as work:
        assert work.inbox.claim("matcher", 1, ["e1"]) == {"e1"}


def test_a_timer_can_be_moved_and_is_claimed_once(store: Store, clock: FakeClock) -> None:
    due = clock.now() + timedelta(hours=1)
    with store.begin() as work:
        work.timers.set(Timer("c1", TimerKind.BIDS_CLOSE, due))
        work.timers.set(Timer("c1", TimerKind.BIDS_CLOSE, due + timedelta(hours=1)))
        work.commit()

    def claimed() -> list[Timer]:
        with store.begin() as work:
            timers = work.timers.claim_due(clock.now(), most=10)
            work.commit()
            return timers

    clock.advance(timedelta(hours=1))
    assert claimed() == []
    clock.advance(timedelta(hours=1))
    assert claimed() == [Timer("c1", TimerKind.BIDS_CLOSE, due + timedelta(hours=1))]
    assert claimed() == []


def test_a_dead_letter_is_kept_once(store: Store, database: Database) -> None:
    letter = DeadLetter("jiebang.intake/0/7", "intake", b"\xff", {"a": "b"}, "not_json", {"at": 1}, "f1")
    for _ in range(2):
        with store.begin() as work:
            work.dead_letters.add([letter])
            work.commit()
    with database.read() as connection:
        (row,) = connection.execute(select(dead_letters)).all()
    assert (row.value, row.headers, row.reason) == (b"\xff", {"a": "b"}, "not_json")


def test_messages_wake_their_readers_only_after_the_commit(store: Store) -> None:
    woken: list[str] = []
    store.on_messages = lambda: woken.append("woken")
    with store.begin() as work:
        work.organisations.save(factory())
    assert woken == []
    saved(store)
    assert woken == ["woken"]
