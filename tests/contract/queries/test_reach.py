"""Who hears of a project is who may read it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from domain.matching.taxonomy import Taxonomy
from domain.organisations import Organisation, Person, Role
from domain.use_cases.projects import submit_milestone
from infra.outbox import EVENTS, decode_message
from infra.queries.challenge_bids import bids_of_challenge
from infra.queries.happenings import Fact, happenings
from infra.queries.project_part import has_part_in
from infra.queries.reach import reach_of
from infra.queries.visible_bids import visible_bid, visible_bids
from infra.tables.log import outbox
from infra.unit_of_work import Store
from tests.market import Market, actor_of, bid_of, post_open, running_project, viewer_of
from tests.serving import actors_of


@pytest.fixture
def market(market: Market, store: Store) -> Market:
    """With a mentor of the factory who has no part in its projects, in the place of the loner."""
    with store.begin() as work:
        factory: Organisation = work.organisations.get(market.factory)
        bystander = Person.register(
            work.new_id(), factory, "bystander", "何师傅", "Bystander", frozenset({Role.MENTOR}), 3
        )
        work.people.save(bystander)
        work.commit()
    return replace(market, loner=actor_of(bystander))


def test_hints_reach_those_who_have_a_part(store: Store, market: Market, taxonomy: Taxonomy) -> None:
    project = running_project(store, market, taxonomy)
    with store.begin() as work:
        submit_milestone(work, market.captain, project.id, project.milestones[0].id, "x")
        work.commit()
    with store.database.read() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.topic == EVENTS).order_by(outbox.c.id)).all()
        submitted = decode_message(rows[-1].key, rows[-1].headers, rows[-1].value)
        reach = reach_of(connection, [submitted])[submitted.id]
        hears, reads = set(), set()
        for name, actor in actors_of(market).items():
            hears |= {name} if reach.includes(viewer_of(actor)) else set()
            reads |= {name} if has_part_in(connection, actor, project.id) else set()
    assert submitted.event.type == "jiebang.project.milestone_submitted.v1"
    assert hears == reads
    assert {"engineer", "school_admin", "school_mentor", "member"} <= hears
    assert not {"loner", "partner_captain", "other_engineer"} & hears


def test_a_bid_is_told_of_where_it_may_be_read(store: Store, market: Market, taxonomy: Taxonomy) -> None:
    challenge = post_open(store, market, taxonomy)
    bid = bid_of(store, market.captain, market.team, challenge.id)
    with store.database.read() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.topic == EVENTS).order_by(outbox.c.id)).all()
        submitted = decode_message(rows[-1].key, rows[-1].headers, rows[-1].value)
        reach = reach_of(connection, [submitted])[submitted.id]
        hears, reads, named = set(), set(), set()
        for name, actor in actors_of(market).items():
            viewer = viewer_of(actor)
            hears |= {name} if reach.includes(viewer) else set()
            reads |= {name} if visible_bid(connection, actor, bid.id) else set()
            told = happenings(connection, viewer, actor, 9, challenge_id=challenge.id)
            named |= {name} if any(one.fact is Fact.BID and one.team for one in told) else set()
            listed = bids_of_challenge(connection, actor, challenge.id)
            assert bool(listed) == (visible_bids(connection, actor)[1] == 1) == (name in reads)
    assert submitted.event.type == "jiebang.bid.submitted.v1"
    assert hears == reads == named == {"engineer", "approver", "administrator", "captain", "member"}


def test_the_steps_of_a_project_are_told_where_it_may_be_read(
    store: Store, market: Market, taxonomy: Taxonomy
) -> None:
    project = running_project(store, market, taxonomy)
    with store.begin() as work:
        submit_milestone(work, market.captain, project.id, project.milestones[0].id, "x")
        work.commit()
    with store.database.read() as connection:
        for name, actor in actors_of(market).items():
            told = happenings(connection, viewer_of(actor), actor, 9)
            reads = has_part_in(connection, actor, project.id)
            assert any(one.fact is Fact.SUBMITTED for one in told) == reads, name
            assert any(one.project_id is not None for one in told) == reads, name
