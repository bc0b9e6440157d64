"""`python -m tools.check_events [--update]`: every published event keeps its committed contract.

A contract is a file of `domain/contracts`, named after the event's type: the fields with their types, and an
example. `--update` writes the contracts of new events; it never touches one that is there, because what was
published stays as it is. A change of meaning is a new class with the next version.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_origin

from domain.errors import DomainError
from domain.events import EVENTS, Event, decode

CONTRACTS = Path(__file__).parents[1] / "domain" / "contracts"
EXAMPLE_ID = "01977d3e-5c1a-7000-8000-0242ac120002"
EXAMPLES = {
    "kind": "factory",
    "code": "local-enamel-firing",
    "state": "open",
    "side": "school",
    "roles": ["engineer"],
    "skills": ["plc-programming", "vibration-analysis"],
    "team_ids": [EXAMPLE_ID],
}
"""Of texts that are no ids."""


def main() -> int:
    """Print what is broken, one line each; returns 1 where something is."""
    parser = argparse.ArgumentParser(prog="python -m tools.check_events", description=__doc__)
    parser.add_argument("--update", action="store_true", help="write the contracts of new events")
    if parser.parse_args().update:
        for written in write_new(CONTRACTS):
            print(f"{written}: written")
    problems = list(broken(CONTRACTS))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def broken(contracts: Path, events: dict[str, type[Event]] = EVENTS) -> Iterator[str]:
    """What does not hold, as sentences that say what to do."""
    committed = {path.stem: path for path in contracts.glob("*.json")}
    for type in sorted(committed.keys() - events.keys()):
        yield f"{type}: was published, but no class has this type. Bring it back: the log still holds it."
    for type, event in sorted(events.items()):
        if type not in committed:
            yield f"{type}: has no contract. Run `python -m tools.check_events --update` and commit it."
            continue
        contract = json.loads(committed[type].read_text(encoding="utf-8"))
        if contract["fields"] != field_types(event):
            yield (
                f"{type}: its fields are {field_types(event)}, but {contract['fields']} were published. "
                "Leave it as it was and add a class with the next version."
            )
        elif not _reads_back(type, contract["example"]):
            yield f"{type}: its committed example no longer decodes to itself."


def write_new(contracts: Path, events: dict[str, type[Event]] = EVENTS) -> list[str]:
    """Write the contracts that are missing; returns their types."""
    contracts.mkdir(parents=True, exist_ok=True)
    new = [type for type in sorted(events) if not (contracts / f"{type}.json").exists()]
    for type in new:
        contract = {"fields": field_types(events[type]), "example": example(events[type])}
        text = json.dumps(contract, indent=2, ensure_ascii=False) + "\n"
        (contracts / f"{type}.json").write_text(text, encoding="utf-8")
    return new


def field_types(event: type[Event]) -> dict[str, str]:
    """The event's fields by name: "str", "int", "bool" or "list[str]"."""
    return {f.name: _type_name(f.type) for f in fields(event)}  # type: ignore[arg-type]


def example(event: type[Event]) -> dict[str, Any]:
    """Plausible data of the event."""
    values: dict[str, Any] = {"int": 1, "bool": True}
    return {
        name: EXAMPLES.get(name, EXAMPLE_ID) if kind in ("str", "list[str]") else values[kind]
        for name, kind in field_types(event).items()
    }


def _type_name(annotation: Any) -> str:
    if get_origin(annotation) is list:
        return f"list[{get_args(annotation)[0].__name__}]"
    return str(annotation.__name__)


def _reads_back(type: str, data: Any) -> bool:
    try:
        return bool(decode(type, data).to_data() == data)
    except DomainError:
        return False


if __name__ == "__main__":
    raise SystemExit(main())
