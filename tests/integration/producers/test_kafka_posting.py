"""`jiebang post --kafka`: a file's rows pass real Kafka and become what REST would have made of them."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from domain.challenges import Brief, Challenge, ChallengeState, Source
from domain.intake import CHALLENGE_V1
from domain.matching.taxonomy import Taxonomy
from infra.database import Database
from infra.outbox import INTAKE
from infra.settings import Settings
from infra.system import SystemClock, Uuid7Ids
from infra.tables.market import challenges
from infra.taxonomies import Taxonomies
from infra.unit_of_work import Store
from jiebang.cli import app
from producers.topics import ensure_topics
from streams.guard import intake_guard
from streams.messages import RawMessage
from streams.processors.intake import Intake
from tests.broker import messages_of
from tests.fakes.stop import FakeStop
from tests.integration.producers.test_posting import Server, printed, server
from tests.market import Market, build_market

__all__ = ["server"]

EVERYTHING: dict[str, Any] = {
    "title": "焊缝在线检测",
    "text": "Pores are found only after painting.",
    "language": "zh",
    "industry": "welding",
    "skills": [
        {"skill": "vibration-analysis", "level": 3, "mandatory": True, "weight": 3},
        {"skill": "PLC", "level": 2},
    ],
    "city": "合肥",
    "province": "安徽",
    "machine": "ROB-2",
    "reward_cny": 9000,
    "bids_close_at": (datetime.now(UTC) + timedelta(days=30)).isoformat(timespec="seconds"),
    "confidentiality": "nda",
    "teaser": "A seam is to be checked.",
    "hours_per_week": 12.5,
    "remote": True,
    "kpi": {"name": "pores", "unit": "per seam", "baseline": 4, "target": 0.5},
    "source": {"system": "cmms", "id": "WO-7"},
}
LITTLE: dict[str, Any] = {"title": "Seams", "text": "Pores.", "industry": "welding"}


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database, SystemClock(), Uuid7Ids())


@pytest.fixture
def market(store: Store, taxonomy: Taxonomy) -> Market:
    return build_market(store, taxonomy)


def post(file: Path, *arguments: str) -> None:
    result = CliRunner().invoke(app, ["post", str(file), *arguments])
    assert result.exit_code == 0, result.output


def over_kafka(file: Path, settings: Settings, factory_id: str) -> list[RawMessage]:
    """Post the file; everything in the topic, as the worker hands it to the intake."""
    assert settings.kafka is not None
    post(file, "--kafka", settings.kafka, "--factory", factory_id, "--topic", settings.intake_topic)
    return [
        RawMessage(
            INTAKE,
            f"{record.topic}/{record.partition}/{record.offset}",
            record.key.decode(),
            {name: value.decode() for name, value in record.headers},
            record.value,
            record.offset,
        )
        for record in messages_of(settings.kafka, settings.intake_topic)
    ]


def take_in(store: Store, taxonomy: Taxonomy, messages: Sequence[RawMessage]) -> None:
    intake_guard(store, Intake(Taxonomies(taxonomy)), 1, FakeStop()).run(messages)


def made(store: Store) -> list[Challenge]:
    with store.begin() as work:
        ids = work.connection.execute(challenges.select().order_by(challenges.c.number)).scalars()
        return [work.challenges.get(id) for id in ids]


def test_what_goes_over_kafka_is_what_rest_would_have_stored(
    settings: Settings, store: Store, market: Market, taxonomy: Taxonomy, server: Server, tmp_path: Path
) -> None:
    ensure_topics(settings)
    file = tmp_path / "posts.json"
    closes = {"bids_close_at": EVERYTHING["bids_close_at"]}
    file.write_text(json.dumps([EVERYTHING, LITTLE | closes]), encoding="utf-8")

    messages = over_kafka(file, settings, market.factory)
    take_in(store, taxonomy, messages)
    post(file, "--url", server.url, "--token", server.token)

    assert {message.key for message in messages} == {market.factory}
    assert [message.headers["ce_type"] for message in messages] == [CHALLENGE_V1] * 2
    drafts = made(store)
    assert briefs(drafts) == briefs(made(server.services.store))
    assert [draft.brief.province for draft in drafts] == ["安徽", "江苏"]
    assert {(draft.state, draft.factory_id) for draft in drafts} == {(ChallengeState.DRAFT, market.factory)}
    assert drafts[0].source == Source("cmms", "WO-7")


def briefs(posted: Sequence[Challenge]) -> list[Brief]:
    return [challenge.brief for challenge in posted]


def test_the_template_posted_twice_is_one_draft(
    settings: Settings, store: Store, market: Market, taxonomy: Taxonomy, tmp_path: Path
) -> None:
    ensure_topics(settings)
    file = tmp_path / "posts.csv"
    file.write_text(printed("--template"), encoding="utf-8")

    over_kafka(file, settings, market.factory)
    messages = over_kafka(file, settings, market.factory)
    take_in(store, taxonomy, messages)

    assert len(messages) == 2
    assert [draft.source for draft in made(store)] == [Source("cmms", "WO-10086")]
