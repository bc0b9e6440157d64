"""What becomes of messages from factories' systems."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from domain.challenges import ChallengeState
from domain.errors import Conflict, NotFound, WrongState
from domain.intake import CHALLENGE_V1, FACTORY_HEADER, REQUEST_HEADER
from domain.matching.taxonomy import Taxonomy
from domain.ports import IntakeMessage
from domain.use_cases.intake import CONSUMER
from infra.database import Database
from infra.dead_letters import KeptLetter, list_letters, requeue_letter, show_letter
from infra.outbox import INTAKE
from infra.tables.market import challenges
from infra.taxonomies import Taxonomies
from infra.unit_of_work import SqlUnitOfWork, Store
from streams.guard import Guard, event_guard, intake_guard
from streams.messages import RawMessage
from streams.processors.intake import Intake
from tests.contract.streams.log import effects, letters, message, messages_after
from tests.fakes.processors import Echo
from tests.fakes.stop import FakeStop
from tests.market import Market


@pytest.fixture
def guard(store: Store, taxonomy: Taxonomy, stop: FakeStop) -> Guard[Any]:
    return intake_guard(store, Intake(Taxonomies(taxonomy)), 1, stop)


def body(market: Market, id: str = "WO-1", **changes: Any) -> dict[str, Any]:
    return {
        "source": {"system": "mes", "id": id},
        "factory_id": market.factory,
        "title": "主轴振动",
        "text": "主轴轴承每季度损坏一次",
        "industry": "machining",
        "skills": [{"skill": "PLC", "level": 3}],
        **changes,
    }


def sent(offset: int, value: object, **headers: str) -> RawMessage:
    encoded = value if isinstance(value, bytes | None) else json.dumps(value).encode()
    all_headers = {"ce_type": CHALLENGE_V1, **{k.replace("_", "-"): v for k, v in headers.items()}}
    all_headers["ce_type"] = all_headers.pop("ce-type", CHALLENGE_V1)
    return RawMessage(INTAKE, f"jiebang.intake/0/{offset}", "", all_headers, encoded, offset)


def drafts(database: Database) -> list[tuple[str, str, str]]:
    """Source id, factory and state of each challenge, by number."""
    columns = challenges.c
    query = select(columns.source_id, columns.factory_id, columns.state).order_by(columns.number)
    with database.read() as connection:
        return [(source_id, factory_id, state) for source_id, factory_id, state in connection.execute(query)]


def kept(database: Database, **which: Any) -> list[KeptLetter]:
    with database.read() as connection:
        return list(list_letters(connection, **which))


def test_a_message_becomes_a_draft_of_its_factory(
    guard: Guard[Any], database: Database, store: Store, market: Market
) -> None:
    guard.run([sent(0, body(market)), sent(1, body(market, "WO-2"))])
    draft = ChallengeState.DRAFT
    assert drafts(database) == [("WO-1", market.factory, draft), ("WO-2", market.factory, draft)]
    with database.read() as connection:
        id = connection.execute(select(challenges.c.id).order_by(challenges.c.number)).scalars().first()
    with store.begin() as work:
        challenge = work.challenges.get(str(id))
    assert (challenge.author_id, challenge.brief.city) == (None, "苏州")
    assert letters(database) == []


def test_a_source_is_taken_in_once_however_it_comes(
    guard: Guard[Any], database: Database, market: Market
) -> None:
    once, again, other = body(market), body(market, title="另一个标题"), body(market, "WO-2")
    guard.run([sent(0, once), sent(1, again), sent(2, other)])
    guard.run([sent(3, once), sent(4, other)])
    assert [id for id, *_ in drafts(database)] == ["WO-1", "WO-2"]
    assert letters(database) == []


def test_the_same_source_of_another_factory_is_another_challenge(
    guard: Guard[Any], database: Database, market: Market
) -> None:
    guard.run([sent(0, body(market)), sent(1, body(market, factory_id=market.other_factory))])
    assert [factory for _, factory, _ in drafts(database)] == [market.factory, market.other_factory]


def test_each_bad_message_is_kept_once_with_its_reason_and_the_good_ones_go_on(
    guard: Guard[Any], database: Database, market: Market
) -> None:
    batch = [
        sent(0, body(market)),
        sent(1, b"not json"),
        sent(2, None),
        sent(3, b" " * 300_000),
        sent(4, body(market, "v2"), ce_type="jiebang.intake.challenge.v2"),
        sent(5, body(market, "x", reward_cny=-1)),
        sent(6, body(market, "x", factory_id="nobody")),
        sent(7, body(market, "x", factory_id=market.school)),
        sent(8, body(market, "x", skills=[{"skill": "alchemy", "level": 1}])),
        sent(9, body(market, "x", industry="alchemy")),
        sent(10, body(market, "WO-2")),
    ]
    for _ in range(2):
        guard.run(batch)
    assert [id for id, *_ in drafts(database)] == ["WO-1", "WO-2"]
    assert dict(letters(database)) == {
        "jiebang.intake/0/1": "not_json",
        "jiebang.intake/0/2": "null",
        "jiebang.intake/0/3": "oversized",
        "jiebang.intake/0/4": "unknown_version",
        "jiebang.intake/0/5": "wrong_schema",
        "jiebang.intake/0/6": "unknown_factory",
        "jiebang.intake/0/7": "unknown_factory",
        "jiebang.intake/0/8": "unknown_skill",
        "jiebang.intake/0/9": "wrong_schema",
    }
    assert len(letters(database)) == 9
    (schema,) = (letter for letter in kept(database) if letter.origin.endswith("/5"))
    assert schema.details == {"reward_cny": "has to be a whole number from 0 to 1000000000, not -1"}
    assert schema.value == batch[5].value


def test_a_message_through_the_api_speaks_for_its_senders_factory_only(
    guard: Guard[Any], database: Database, market: Market
) -> None:
    guard.run(
        [
            sent(0, body(market, "mine"), jiebang_factory=market.factory),
            sent(1, body(market, "theirs"), jiebang_factory=market.other_factory),
        ]
    )
    assert [id for id, *_ in drafts(database)] == ["mine"]
    (letter,) = kept(database, factory_id=market.other_factory)
    assert (letter.reason, letter.origin) == ("another_factory", "jiebang.intake/0/1")
    assert kept(database, factory_id=market.factory) == []


def test_a_request_is_taken_in_once_wherever_the_log_carries_it(
    guard: Guard[Any], database: Database, market: Market
) -> None:
    bad = sent(0, b"not json", jiebang_request="r-1")
    guard.run([bad])
    guard.run([replace(bad, origin="jiebang.intake/3/77", position=77)])
    assert letters(database) == [("request/r-1", "not_json")]


@pytest.mark.parametrize("hostile", ["a\0b", "a\ud800b", "x" * 5_000])
def test_what_no_database_stores_is_put_aside_all_the_same(
    hostile: str, guard: Guard[Any], database: Database, market: Market
) -> None:
    batch = [
        sent(0, body(market, title=hostile)),
        sent(1, body(market, skills=[{"skill": hostile, "level": 1}])),
        sent(2, body(market, factory_id=hostile)),
        sent(3, b"{", jiebang_factory=hostile, jiebang_request=hostile),
        sent(4, body(market, "good")),
    ]
    guard.run(batch)
    assert len(letters(database)) == 4
    assert [id for id, *_ in drafts(database)] == ["good"]


def test_a_requeued_letter_goes_through_the_log_again(
    guard: Guard[Any], database: Database, store: Store, market: Market
) -> None:
    guard.run([sent(0, body(market, factory_id=market.factory, industry="alchemy"), other="kept")])
    (letter,) = kept(database)

    def requeue() -> None:
        with store.begin() as work:
            requeue_letter(work, letter.id)
            work.commit()

    requeue()
    (again,) = messages_after(database, topic=INTAKE)
    assert again.value == letter.value
    assert again.headers["other"] == "kept"
    assert FACTORY_HEADER not in again.headers
    assert kept(database) == []
    assert [one.id for one in kept(database, requeued=True)] == [letter.id]
    guard.run([again])
    (failed_again,) = kept(database)
    assert failed_again.origin == f"request/{again.headers[REQUEST_HEADER]}"
    with pytest.raises(WrongState):
        requeue()


def test_a_requeued_event_is_taken_in_by_the_consumer_that_put_it_aside(
    store: Store, database: Database, stop: FakeStop
) -> None:
    broken = event_guard(store, Echo(lambda _: KeyError("a bug")), 1, stop)
    broken.run([message(1)])
    (letter,) = kept(database)
    with store.begin() as work:
        requeue_letter(work, letter.id)
        work.commit()
    again = messages_after(database)
    assert [m.headers["ce_id"] for m in again] == [message(1).headers["ce_id"]]
    event_guard(store, Echo(), 1, stop).run(again)
    assert effects(database) == ["001"]
    assert kept(database) == []


class FailsOn:
    """An intake that fails on one title, as with a bug or with somebody who is always first."""

    name = CONSUMER

    def __init__(self, intake: Intake, title: str, error: Exception) -> None:
        self._intake, self._title, self._error = intake, title.encode(), error

    def handle(self, batch: Sequence[IntakeMessage], work: SqlUnitOfWork) -> None:
        if any(self._title in (message.value or b"") for message in batch):
            raise self._error
        self._intake.handle(batch, work)


@pytest.mark.parametrize(
    ("error", "reason"), [(KeyError("a bug"), "processor_failed"), (Conflict(), "conflict")]
)
@pytest.mark.parametrize("through_the_api", [True, False])
def test_a_letter_of_what_the_intake_fails_on_is_its_factorys(
    error: Exception,
    reason: str,
    through_the_api: bool,
    store: Store,
    database: Database,
    taxonomy: Taxonomy,
    market: Market,
    stop: FakeStop,
) -> None:
    if through_the_api:
        bad = sent(1, body(market, "x", title="bad", factory_id=None), jiebang_factory=market.factory)
    else:
        bad = sent(1, body(market, "x", title="bad"))
    failing = FailsOn(Intake(Taxonomies(taxonomy)), "bad", error)
    intake_guard(store, failing, 1, stop).run([sent(0, body(market)), bad])
    assert [id for id, *_ in drafts(database)] == ["WO-1"]
    (letter,) = kept(database, factory_id=market.factory)
    assert (letter.reason, letter.origin, letter.consumer) == (reason, "jiebang.intake/0/1", CONSUMER)
    assert kept(database, factory_id=market.other_factory) == []


def test_letters_are_listed_newest_first_page_by_page(
    guard: Guard[Any], database: Database, market: Market
) -> None:
    guard.run([sent(n, b"not json") for n in range(5)])
    first = kept(database, limit=2)
    second = kept(database, limit=2, before=first[-1].id)
    assert [letter.origin[-1] for letter in [*first, *second]] == ["4", "3", "2", "1"]
    with database.read() as connection:
        assert show_letter(connection, first[0].id) == first[0]
        with pytest.raises(NotFound):
            show_letter(connection, 10_000)
