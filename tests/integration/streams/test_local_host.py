"""The embedded form at work: what is committed takes effect, once, across stops and failures."""

import json
import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.audience import ANYONE
from domain.events import AnnouncementMade, EventRecord
from domain.intake import CHALLENGE_V1
from domain.matching.taxonomy import Taxonomy
from domain.use_cases.projects import submit_milestone
from infra import checkpoints
from infra.database import Database
from infra.log_reader import end_of_log
from infra.outbox import INTAKE, Message
from infra.tables.log import dead_letters
from infra.tables.market import challenges
from infra.tables.projections import announcements, notifications, project_progress
from infra.unit_of_work import Store
from search.queries import CatalogueQuery
from streams.guard import event_guard
from streams.local_host import AIM_SECONDS, FIRST_BATCH, UNSAVED, Lane, LocalHost
from tests.contract.streams.log import effects, message
from tests.fakes.processors import Echo
from tests.integration.streams.embedded import Embedded, wait_until
from tests.market import Market, bid_of, post_open, running_project


def count(database: Database, table: Any) -> int:
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def saved(database: Database, *consumers: str) -> dict[str, int]:
    with database.read() as connection:
        return dict(checkpoints.positions(connection, consumers))


def end(database: Database) -> int:
    with database.read() as connection:
        return end_of_log(connection)


def test_the_story_runs_through_all_processors(
    embedded: Embedded, store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    heard: list[EventRecord] = []
    embedded.feed.subscribe(lambda _, records: heard.extend(records))
    project = running_project(store, market, taxonomy)
    with store.begin() as work:
        submit_milestone(work, market.captain, project.id, project.milestones[0].id, "完成")
        work.commit()
    wait_until(embedded.drained, "every processor")
    with database.read() as connection:
        kinds = set(connection.execute(select(notifications.c.kind)).scalars())
        progress = connection.execute(select(project_progress)).one()
    assert {"bid_received", "bid_awarded", "milestone_submitted"} <= kinds
    assert (progress.submitted, progress.milestones) == (1, 2)
    page = embedded.catalogue.search(CatalogueQuery(text="振动", viewer=ANYONE))
    assert [hit.id for hit in page.hits] == [project.challenge_id]
    wait_until(lambda: len(heard) >= 10, "the feed")
    assert [r.sequence for r in heard if r.subject == project.id] == [1, 2, 3]


def test_a_posted_challenge_reaches_the_teams_inboxes(
    embedded: Embedded, store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    told = threading.Event()

    def hear(_: str, records: object) -> None:
        if any(isinstance(r.event, AnnouncementMade) for r in records):  # type: ignore[attr-defined]
            told.set()

    embedded.feed.subscribe(hear)
    post_open(store, market, taxonomy)
    assert told.wait(20), "the hint for live pages"
    wait_until(lambda: count(database, notifications) == 3, "the inboxes of three students")
    assert count(database, announcements) == 2


def test_intake_goes_through_the_same_log(
    embedded: Embedded, store: Store, database: Database, market: Market
) -> None:
    good = {
        "source": {"system": "andon", "id": "A-7"},
        "factory_id": market.factory,
        "title": "焊缝气孔",
        "text": "三号线气孔率上升",
        "industry": "welding",
    }
    with store.begin() as work:
        for value in (json.dumps(good).encode(), b"\xff"):
            work.outbox.append_message(Message(INTAKE, "", {"ce_type": CHALLENGE_V1}, value))
        work.commit()
    wait_until(embedded.drained, "the intake")
    assert (count(database, challenges), count(database, dead_letters)) == (1, 1)


def test_a_stopped_host_goes_on_where_it_was(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    first = Embedded(store, taxonomy)
    first.start()
    challenge = post_open(store, market, taxonomy)
    wait_until(first.drained, "the first host")
    first.stop()
    told = count(database, notifications)
    bid_of(store, market.captain, market.team, challenge.id)
    assert count(database, notifications) == told, "nothing runs while it is stopped"
    second = Embedded(store, taxonomy)
    second.start()
    wait_until(second.drained, "the second host")
    second.stop()
    assert count(database, notifications) == told + 1


def log_of(store: Store, *numbers: int) -> None:
    with store.begin() as work:
        for number in numbers:
            raw = message(number)
            work.outbox.append_message(Message(raw.topic, raw.key, raw.headers, raw.value))
        work.commit()


def host_of(store: Store, *echoes: Echo) -> tuple[LocalHost, threading.Event]:
    stop = threading.Event()
    lanes = [Lane(f"lane-{n}", [event_guard(store, echo, 1, stop)]) for n, echo in enumerate(echoes)]
    host = LocalHost(store, lanes, stop)
    store.on_messages = host.wake
    return host, stop


def test_a_lost_checkpoint_doubles_nothing(store: Store, database: Database) -> None:
    """As after a crash between a split batch's parts: the inbox, not the checkpoint, is what counts."""
    log_of(store, 1, 2, 3)
    for _ in range(2):
        host, _ = host_of(store, Echo())
        host.start()
        wait_until(lambda host=host: not any(host.lag().values()), "the log's end")  # type: ignore[misc]
        host.stop()
        with database.write() as connection:
            connection.exec_driver_sql("DELETE FROM checkpoints")
            connection.commit()
    assert effects(database) == ["001", "002", "003"]


def test_effects_and_checkpoint_are_one(store: Store, database: Database) -> None:
    log_of(store, 1)
    seen: list[tuple[list[str], int]] = []

    def look(_: EventRecord) -> None:
        seen.append((effects(database), saved(database, "echo@1")["echo@1"]))

    host, _ = host_of(store, Echo(look))
    host.start()
    wait_until(lambda: effects(database), "the effect")
    host.stop()
    assert seen == [([], 0)]
    assert saved(database, "echo@1")["echo@1"] >= 1


def test_slow_work_comes_in_smaller_batches(store: Store, database: Database) -> None:
    """So that requests, which wait for SQLite's one writer, wait for less."""

    def dawdle(_: EventRecord) -> None:
        threading.Event().wait(AIM_SECONDS)

    slow = Echo(dawdle)
    log_of(store, *range(60))
    host, _ = host_of(store, slow)
    host.start()
    wait_until(lambda: len(effects(database)) == 60, "all effects")
    host.stop()
    assert [len(batch) for batch in slow.batches[:3]] == [FIRST_BATCH, FIRST_BATCH // 2, FIRST_BATCH // 4]


def test_a_lane_that_waits_holds_up_no_other(store: Store, database: Database) -> None:
    class Stuck(Echo):
        name = "stuck"

    stuck = Stuck(lambda _: ConnectionError("the service is down"))
    host, _ = host_of(store, stuck, Echo())
    host.start()
    log_of(store, 1, 2)
    wait_until(lambda: effects(database) == ["001", "002"], "the other lane")
    assert host.lag()["stuck@1"] > 0
    host.stop()


def test_a_consumer_with_nothing_to_do_moves_on_and_writes_it_down(
    store: Store, database: Database, market: Market
) -> None:
    host, _ = host_of(store, Echo())
    host.start()
    wait_until(lambda: saved(database, "echo@1")["echo@1"] == end(database), "the idle host's checkpoint")
    host.stop()


def test_a_long_stretch_of_nothing_is_written_down_on_the_way(store: Store, database: Database) -> None:
    with store.begin() as work:
        for _ in range(UNSAVED * 2):
            work.outbox.append_message(Message(INTAKE, "", {}, None))
        work.commit()
    log_of(store, 1)
    seen: list[int] = []
    host, _ = host_of(store, Echo(lambda _: seen.append(saved(database, "echo@1")["echo@1"])))
    host.start()
    wait_until(lambda: effects(database), "the effect")
    host.stop()
    assert UNSAVED <= seen[0] <= UNSAVED * 2


@pytest.mark.parametrize("messages", [250])
def test_batches_keep_the_logs_order(store: Store, database: Database, messages: int) -> None:
    log_of(store, *range(1, messages + 1))
    echo = Echo()
    host, _ = host_of(store, echo)
    host.start()
    wait_until(lambda: len(effects(database)) == messages, "all effects")
    host.stop()
    assert effects(database) == [f"{number:03d}" for number in range(1, messages + 1)]
    assert max(map(len, echo.batches)) == 100


def test_posting_goes_on_while_processors_work(
    embedded: Embedded, store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    """Four clients against all processors: nobody finds the database locked, nothing is lost or doubled."""

    def client(number: int) -> None:
        for step in range(10):
            post_open(store, market, taxonomy, title=f"课题 {number}-{step}")

    clients = [threading.Thread(target=client, args=(number,)) for number in range(4)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    wait_until(embedded.drained, "every processor")
    assert count(database, announcements) == 80
    assert count(database, notifications) == 120
    assert embedded.catalogue.search(CatalogueQuery(viewer=ANYONE)).total == 40


def test_a_late_wake_up_is_made_up_for(store: Store, database: Database, market: Market) -> None:
    host, _ = host_of(store, Echo())
    host.start()
    store.on_messages = lambda: None
    log_of(store, 1)
    wait_until(lambda: effects(database) == ["001"], "the poll")
    host.stop()
