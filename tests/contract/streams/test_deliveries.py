"""Mail that is owed: who is owed any, who may send it now, and what becomes of a claim."""

import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from domain.contacts import Contact
from domain.deliveries import LEASE, MAIL, delivery_id
from domain.events import AnnouncementMade
from domain.matching.taxonomy import Taxonomy
from domain.organisations import Actor
from domain.ports import Delivery, Notification
from infra import retention
from infra.contacts import contact_of, set_contact
from infra.database import Database
from infra.tables.log import deliveries
from infra.tables.market import contacts, people, students
from infra.unit_of_work import SqlUnitOfWork, Store
from streams.guard import event_guard
from streams.messages import RawMessage
from streams.processors.notifier import Notifier
from tests.contract.streams.log import message
from tests.fakes.clock import CountingIds, FakeClock
from tests.fakes.stop import FakeStop
from tests.market import Market, build_market, post_open


def in_transaction(store: Store, act: Callable[[SqlUnitOfWork], Any]) -> Any:
    with store.begin() as work:
        result = act(work)
        work.commit()
    return result


def give(store: Store, actor: Actor, contact: Contact) -> None:
    in_transaction(store, lambda work: set_contact(work.connection, actor.person_id, contact))


def rows(database: Database) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(deliveries).order_by(deliveries.c.id)))


def announcement(store: Store, market: Market, taxonomy: Taxonomy) -> RawMessage:
    challenge = post_open(store, market, taxonomy)
    made = AnnouncementMade(
        challenge_id=challenge.id, policy_version=1, team_ids=[market.team, market.partner_team]
    )
    return message(1, made)


def notify(store: Store, batch: list[RawMessage], generation: int = 1, *, mails: bool = True) -> None:
    event_guard(store, Notifier(mails=mails), generation, FakeStop()).run(batch)


def owe(store: Store, *people: Actor) -> None:
    """One delivery to each."""
    lines = [Notification(person.person_id, "bid_received", "b1", "c1", "event-1") for person in people]
    for person in people:
        give(store, person, Contact("sample@example.com"))
    in_transaction(store, lambda work: work.deliveries.mail(lines))


def claim(store: Store) -> Delivery | None:
    found: Delivery | None = in_transaction(store, lambda work: work.deliveries.claim_due(work.now(), LEASE))
    return found


def claimed(store: Store) -> Delivery:
    delivery = claim(store)
    assert delivery is not None
    return delivery


def test_only_those_who_gave_an_address_and_want_mail_are_owed_one(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    give(store, market.captain, Contact("captain@example.com"))
    give(store, market.member, Contact("member@example.com", wants_mail=False))
    batch = [announcement(store, market, taxonomy)]
    notify(store, batch)
    (owed,) = rows(database)
    assert (owed.channel, owed.address, owed.attempts) == (MAIL, market.captain.person_id, 0)
    assert owed.id == delivery_id(MAIL, owed.payload["event_id"], market.captain.person_id)


def test_a_row_holds_neither_the_address_nor_anything_that_people_wrote(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    give(store, market.captain, Contact("captain@example.com"))
    notify(store, [announcement(store, market, taxonomy)])
    (owed,) = rows(database)
    assert "captain@example.com" not in repr(owed)
    assert set(owed.payload) == {"event_id", "kind"}


def test_without_mail_nothing_is_owed(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    give(store, market.captain, Contact("captain@example.com"))
    notify(store, [announcement(store, market, taxonomy)], mails=False)
    assert rows(database) == []


@pytest.mark.parametrize("generation", [1, 2], ids=["same generation", "next generation"])
def test_a_replay_owes_nothing_more_even_after_the_rows_are_gone(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy, generation: int
) -> None:
    give(store, market.captain, Contact("captain@example.com"))
    batch = [announcement(store, market, taxonomy)]
    notify(store, batch)
    once = rows(database)
    notify(store, batch, generation)
    assert rows(database) == once
    in_transaction(store, lambda work: work.connection.execute(delete(deliveries)))
    notify(store, batch, generation + 1)
    assert rows(database) == []


def test_asking_twice_owes_once(store: Store, database: Database, market: Market) -> None:
    owe(store, market.captain)
    owe(store, market.captain)
    assert len(rows(database)) == 1


def test_an_address_that_was_taken_back_leaves_nothing(
    store: Store, database: Database, market: Market
) -> None:
    captain = market.captain.person_id
    given = Contact("captain@example.com", wants_mail=False, language="en")
    give(store, market.captain, Contact("first@example.com"))
    give(store, market.captain, given)
    assert in_transaction(store, lambda work: contact_of(work.connection, captain)) == given
    give(store, market.captain, Contact(None, wants_mail=False, language="en"))
    assert in_transaction(store, lambda work: contact_of(work.connection, captain)) == Contact()
    with database.read() as connection:
        assert connection.execute(select(contacts)).all() == []


def test_senders_at_once_never_claim_the_same(store: Store, market: Market) -> None:
    everybody = [market.captain, market.member, market.partner_captain, market.engineer, market.approver]
    owe(store, *everybody)
    got: list[Delivery] = []
    ready = threading.Barrier(3)

    def take_all() -> None:
        ready.wait()
        while (delivery := claim(store)) is not None:
            got.append(delivery)

    senders = [threading.Thread(target=take_all) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(d.address for d in got) == sorted(person.person_id for person in everybody)


def test_an_open_claim_holds_up_nobody_elses(
    migrated_postgres_url: str, clock: FakeClock, taxonomy: Taxonomy
) -> None:
    """On PostgreSQL alone: SQLite has no second writer to hold up."""
    with closing(Database(migrated_postgres_url)) as database:
        store = Store(database, clock, CountingIds())
        market = build_market(store, taxonomy)
        owe(store, market.captain, market.member)
        with store.begin() as first, store.begin() as second:
            addresses = {claimed_in(first).address, claimed_in(second).address}
            assert addresses == {market.captain.person_id, market.member.person_id}
            assert second.deliveries.claim_due(second.now(), LEASE) is None


def test_a_claim_comes_back_when_its_lease_is_over(store: Store, market: Market, clock: FakeClock) -> None:
    owe(store, market.captain)
    first = claimed(store)
    clock.advance(LEASE - timedelta(seconds=1))
    assert claim(store) is None
    clock.advance(timedelta(seconds=1))
    again = claimed(store)
    assert (again.id, again.attempts) == (first.id, 2)


def test_what_became_of_a_claim_is_kept(
    store: Store, database: Database, market: Market, clock: FakeClock
) -> None:
    owe(store, market.captain)
    later = clock.now() + timedelta(hours=1)
    in_transaction(store, lambda work: work.deliveries.put_off(claimed_in(work), later, "451 4.7.1"))
    assert claim(store) is None
    (row,) = rows(database)
    assert (row.next_attempt_at, row.attempts, row.last_error) == (later, 1, "451 4.7.1")
    clock.advance(timedelta(hours=1))
    in_transaction(store, lambda work: work.deliveries.give_up(claimed_in(work), "x" * 1000))
    (row,) = rows(database)
    assert (row.next_attempt_at, row.delivered_at, row.attempts) == (None, None, 2)
    assert row.last_error == "x" * 400


def claimed_in(work: SqlUnitOfWork) -> Delivery:
    delivery = work.deliveries.claim_due(work.now(), LEASE)
    assert delivery is not None
    return delivery


def test_a_sender_that_comes_late_changes_nothing_but_that_it_was_delivered(
    store: Store, database: Database, market: Market, clock: FakeClock
) -> None:
    owe(store, market.captain)
    late = claimed(store)
    clock.advance(LEASE)
    claimed(store)
    before = rows(database)
    in_transaction(store, lambda work: work.deliveries.put_off(late, work.now(), "late"))
    in_transaction(store, lambda work: work.deliveries.give_up(late, "late"))
    assert rows(database) == before
    in_transaction(store, lambda work: work.deliveries.note_delivered(late, work.now()))
    clock.advance(LEASE)
    assert claim(store) is None
    (row,) = rows(database)
    assert row.delivered_at == clock.now() - LEASE


def test_settled_deliveries_are_purged_in_time_and_due_ones_never(
    store: Store, database: Database, market: Market, clock: FakeClock
) -> None:
    owe(store, market.captain, market.member, market.engineer)
    in_transaction(store, lambda work: work.deliveries.note_delivered(claimed_in(work), work.now()))
    in_transaction(store, lambda work: work.deliveries.give_up(claimed_in(work), "550 5.1.1"))
    made = clock.now()

    def purge(before: Any, most: int = 500) -> Any:
        return in_transaction(store, lambda work: retention.purge_deliveries(work.connection, before, most))

    assert purge(made) == 0
    assert purge(made + timedelta(seconds=1), most=1) == 1
    assert purge(made + timedelta(seconds=1)) == 1
    (left,) = rows(database)
    assert left.next_attempt_at is not None


def test_a_person_who_is_gone_takes_the_address_along(
    store: Store, database: Database, market: Market
) -> None:
    give(store, market.loner, Contact("loner@example.com"))
    with database.write() as connection:
        connection.execute(delete(students).where(students.c.id == market.loner.person_id))
        connection.execute(delete(people).where(people.c.id == market.loner.person_id))
        connection.commit()
        assert connection.execute(select(contacts)).all() == []
