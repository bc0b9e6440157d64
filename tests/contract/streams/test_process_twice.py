"""Each processor may see each message again, under its own generation or another: nothing changes."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.intake import CHALLENGE_V1
from domain.matching.taxonomy import Taxonomy
from domain.ports import UnitOfWork
from domain.use_cases.projects import return_milestone, sign_milestone, submit_milestone
from infra.database import Database
from infra.outbox import INTAKE, Message
from infra.tables.log import dead_letters, outbox
from infra.tables.market import challenges
from infra.tables.projections import announcements, notifications, project_progress
from infra.taxonomies import Taxonomies
from infra.unit_of_work import Store
from streams.guard import Guard, event_guard, intake_guard
from streams.messages import RawMessage
from streams.processors.indexer import Indexer, beside_the_transaction
from streams.processors.intake import Intake
from streams.processors.matcher import Matcher
from streams.processors.notifier import Notifier
from streams.processors.progress import Progress
from streams.replica import ReplicaKeeper
from tests.contract.streams.log import messages_after
from tests.fakes.catalogue import FakeCatalogue
from tests.fakes.clock import FakeClock
from tests.fakes.feed import FakeFeed
from tests.fakes.stop import FakeStop
from tests.market import Market, post_open, running_project

TABLES = (announcements, notifications, project_progress, challenges, dead_letters, outbox)


@dataclass(frozen=True)
class Case:
    """A processor over a market, and what it leaves there."""

    guard: Callable[[int], Guard[Any]]
    database: Database
    catalogue: FakeCatalogue

    def run(self, batch: Sequence[RawMessage], generation: int) -> None:
        self.guard(generation).run(batch)

    def messages(self) -> list[RawMessage]:
        return [m for topic in ("events", INTAKE) for m in messages_after(self.database, topic=topic)]

    def state(self) -> list[Any]:
        with self.database.read() as connection:
            rows = [connection.execute(select(table)).all() for table in TABLES]
        return [*map(sorted_rows, rows), sorted(self.catalogue.versions(self.catalogue.ids()).items())]


def sorted_rows(rows: Sequence[Any]) -> list[str]:
    return sorted(map(repr, rows))


def tell_the_story(store: Store, market: Market, taxonomy: Taxonomy, clock: FakeClock) -> None:
    """Something of everything: a running project with all that happens to milestones, and intake."""
    post_open(store, market, taxonomy)
    project = running_project(store, market, taxonomy)
    first = project.milestones[0]

    def act(use_case: Callable[[UnitOfWork], object]) -> None:
        clock.advance(timedelta(minutes=1))
        with store.begin() as work:
            use_case(work)
            work.commit()

    act(lambda work: submit_milestone(work, market.captain, project.id, first.id, "完成"))
    act(lambda work: return_milestone(work, market.school_mentor, project.id, first.id, "缺测试记录"))
    act(lambda work: submit_milestone(work, market.captain, project.id, first.id, "补齐"))
    act(lambda work: sign_milestone(work, market.school_mentor, project.id, first.id))
    act(lambda work: sign_milestone(work, market.enterprise_mentor, project.id, first.id))
    body = {
        "source": {"system": "mes", "id": "WO-1"},
        "factory_id": market.factory,
        "title": "注塑机机械手偏移",
        "text": "每班偏移两次",
        "industry": "moulding",
        "skills": [{"skill": "PLC", "level": 3}],
    }
    with store.begin() as work:
        for value in (json.dumps(body).encode(), b"not json"):
            work.outbox.append_message(Message(INTAKE, "", {"ce_type": CHALLENGE_V1}, value))
        work.commit()
    clock.advance(timedelta(minutes=1))


@pytest.fixture(params=["matcher", "notifier", "progress", "intake", "indexer"])
def case(
    request: pytest.FixtureRequest,
    store: Store,
    database: Database,
    market: Market,
    taxonomy: Taxonomy,
    clock: FakeClock,
) -> Case:
    tell_the_story(store, market, taxonomy, clock)
    keeper = ReplicaKeeper(FakeFeed(), database, Taxonomies(taxonomy))
    keeper.load()
    catalogue, stop = FakeCatalogue(), FakeStop()
    processors: dict[str, Callable[[int], Guard[Any]]] = {
        "matcher": lambda g: event_guard(store, Matcher(keeper), g, stop),
        "notifier": lambda g: event_guard(store, Notifier(), g, stop),
        "progress": lambda g: event_guard(store, Progress(), g, stop),
        "intake": lambda g: intake_guard(store, Intake(Taxonomies(taxonomy)), g, stop),
        "indexer": lambda g: event_guard(
            store, Indexer(beside_the_transaction(catalogue), Taxonomies(taxonomy)), g, stop
        ),
    }
    if request.param == "notifier":
        processors["matcher"](1).run(messages_after(database))
    return Case(processors[request.param], database, catalogue)


def mine(case: Case) -> list[RawMessage]:
    topic = case.guard(1).topic
    return [m for m in case.messages() if m.topic == topic]


@pytest.mark.parametrize("generation", [1, 2], ids=["same generation", "next generation"])
def test_processing_twice_changes_nothing(case: Case, generation: int) -> None:
    before = case.state()
    batch = mine(case)
    case.run(batch, generation=1)
    once = case.state()
    assert once != before, "the story has something for every processor"
    case.run(batch, generation)
    assert case.state() == once
