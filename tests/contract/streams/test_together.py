"""Two workers that were given the same messages, as a rebalance does, come to what one would."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

from sqlalchemy import func, select

from domain.intake import CHALLENGE_V1
from domain.matching.taxonomy import Taxonomy
from infra.database import Database
from infra.outbox import INTAKE
from infra.tables.market import challenges
from infra.taxonomies import Taxonomies
from infra.unit_of_work import Store
from streams.guard import Guard, event_guard, intake_guard
from streams.messages import RawMessage
from streams.processors.intake import Intake
from tests.contract.streams.log import effects, letters, message
from tests.fakes.processors import Echo
from tests.market import Market


def run_together(work: Sequence[tuple[Guard[Any], Sequence[RawMessage]]]) -> None:
    """Each guard on its batch, all at the same moment."""
    start = Barrier(len(work))

    def run(guard: Guard[Any], batch: Sequence[RawMessage]) -> None:
        start.wait()
        guard.run(batch)

    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(run, *each) for each in work]:
            done.result()


def test_overlapping_batches_take_effect_once(store: Store, database: Database) -> None:
    """In opposite orders, so that PostgreSQL has deadlocks to break."""
    batch = [message(number) for number in range(1, 60)]
    orders = [batch, batch[::-1], batch[20:], batch[:40][::-1]]
    run_together([(event_guard(store, Echo(), 1, Event()), order) for order in orders])
    assert sorted(effects(database)) == [f"{number:03d}" for number in range(1, 60)]
    assert letters(database) == []


def test_a_source_that_two_workers_read_at_once_is_drafted_once(
    store: Store, database: Database, market: Market, taxonomy: Taxonomy
) -> None:
    def sent(worker: int, number: int) -> RawMessage:
        value = {
            "source": {"system": "mes", "id": f"WO-{number}"},
            "factory_id": market.factory,
            "title": "主轴振动",
            "text": "主轴轴承每季度损坏一次",
            "industry": "machining",
        }
        origin = f"jiebang.intake/{worker}/{number}"
        return RawMessage(INTAKE, origin, "", {"ce_type": CHALLENGE_V1}, json.dumps(value).encode(), number)

    batches = [[sent(worker, number) for number in range(10)][:: 1 - 2 * (worker % 2)] for worker in range(3)]
    run_together(
        [(intake_guard(store, Intake(Taxonomies(taxonomy)), 1, Event()), batch) for batch in batches]
    )
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(challenges)).scalar_one() == 10
    assert letters(database) == []
