"""Who hears of a project is who may read it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from domain.audience import Viewer
from domain.matching.taxonomy import Taxonomy
from domain.organisations import Organisation, Person, Role
from domain.use_cases.projects import submit_milestone
from infra.outbox import EVENTS, decode_message
from infra.queries.project_part import has_part_in
from infra.queries.reach import reach_of
from infra.tables.log import outbox
from infra.unit_of_work import Store
from tests.market import Market, actor_of, running_project
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
            viewer = Viewer(actor.person_id, actor.organisation_id, Role.ADMINISTRATOR in actor.roles)
            hears |= {name} if reach.includes(viewer) else set()
            reads |= {name} if has_part_in(connection, actor, project.id) else set()
    assert submitted.event.type == "jiebang.project.milestone_submitted.v1"
    assert hears == reads
    assert {"engineer", "school_admin", "school_mentor", "member"} <= hears
    assert not {"loner", "partner_captain", "other_engineer"} & hears
