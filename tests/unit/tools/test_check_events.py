"""A published event cannot change unnoticed."""

import json
from dataclasses import dataclass, make_dataclass
from pathlib import Path

import pytest

from domain.events import EVENTS, BidAwarded, Event
from tools.check_events import CONTRACTS, broken, field_types, write_new

TYPE = BidAwarded.type


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """A folder with the contract of one event."""
    assert write_new(tmp_path, {TYPE: BidAwarded}) == [TYPE]
    return tmp_path


def test_the_committed_contracts_hold() -> None:
    assert list(broken(CONTRACTS)) == []
    assert {path.stem for path in CONTRACTS.glob("*.json")} == set(EVENTS)


def test_a_new_contract_holds(contracts: Path) -> None:
    assert list(broken(contracts, {TYPE: BidAwarded})) == []


@pytest.mark.parametrize(
    "changed",
    [
        [("challenge_id", str)],
        [("challenge_id", str), ("team_id", int)],
        [("challenge_id", str), ("team_id", str), ("feedback", str)],
        [("challenge_id", str), ("team", str)],
    ],
)
def test_a_changed_field_is_reported(contracts: Path, changed: list[tuple[str, type]]) -> None:
    other = make_dataclass("Other", changed, frozen=True)
    (problem,) = broken(contracts, {TYPE: other})
    assert "next version" in problem


def test_an_event_without_a_contract_and_a_contract_without_an_event_are_reported(contracts: Path) -> None:
    assert "--update" in next(iter(broken(contracts, {TYPE: BidAwarded, "jiebang.bid.new.v1": BidAwarded})))
    (gone,) = broken(contracts, {})
    assert gone.startswith(TYPE)


def test_an_update_leaves_what_is_published_alone(contracts: Path) -> None:
    published = contracts / f"{TYPE}.json"
    published.write_text(json.dumps({"fields": {}, "example": {}}))
    assert write_new(contracts, {TYPE: BidAwarded}) == []
    assert json.loads(published.read_text())["fields"] == {}


def test_fields_have_the_names_of_their_types() -> None:
    @dataclass(frozen=True)
    class Sample:
        ids: list[str]
        count: int

    sample: type[Event] = Sample  # type: ignore[assignment]
    assert field_types(sample) == {"ids": "list[str]", "count": "int"}
