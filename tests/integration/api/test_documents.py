"""The documents that describe the API and the log, and the pages that show them."""

import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from domain.events import EVENTS
from tests.serving import Serving, problem_of
from tools.api_documents import FOLDER, documents

PUBLIC = {
    "challenges_read",
    "catalogue_search",
    "catalogue_suggest",
    "taxonomy_list_skills",
    "taxonomy_read_skill",
    "taxonomy_list_trades",
    "live_follow",
    "operation_healthz",
    "operation_readyz",
    "operation_metrics",
}
"""What somebody who is not signed in may ask."""

ID = "01977d3e-5c1a-7000-8000-0242ac120002"
PARAMETERS = {"token_id": "0" * 64, "letter_id": "1", "notification_id": "1", "code": "plc-programming"}


def operations(serving: Serving) -> list[tuple[str, str, dict[str, Any]]]:
    document = serving.client().get("/api/v1/openapi.json").json()
    return [
        (method, path, operation)
        for path, found in document["paths"].items()
        for method, operation in found.items()
    ]


def test_the_document_is_valid_openapi(serving: Serving) -> None:
    validate(serving.client().get("/api/v1/openapi.json").json())


def test_every_operation_has_a_name_a_summary_and_its_refusals(serving: Serving) -> None:
    found = operations(serving)
    assert len({operation["operationId"] for _, _, operation in found}) == len(found)
    for _, _, operation in found:
        assert operation["summary"]
        refusals = {s: r for s, r in operation["responses"].items() if s.startswith(("4", "5"))}
        assert {"422", "429", "503"} <= set(refusals)
        for status, refusal in refusals.items():
            if operation["operationId"] != "operation_readyz":
                assert set(refusal["content"]) == {"application/problem+json"}, (operation, status)


def test_nobody_gets_at_more_than_what_is_public(serving: Serving) -> None:
    asked = set()
    for method, path, operation in operations(serving):
        name = operation["operationId"]
        if name in PUBLIC:
            assert {} in operation.get("security", [{}])
            continue
        assert {} not in operation["security"]
        filled = path.format_map(_Filled())
        problem_of(serving.client().request(method, filled, json={}), 401, "not_signed_in")
        asked.add(name)
    assert {"challenges_post", "projects_sign", "tokens_delete_token", "matching_write_policy"} <= asked


class _Filled(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return PARAMETERS.get(name, ID)


@pytest.mark.parametrize("name", ["openapi.json", "asyncapi.json"])
def test_the_committed_documents_are_current(name: str) -> None:
    committed = (Path(FOLDER) / name).read_text("utf-8")
    assert committed == documents()[name], "run `python -m tools.api_documents`"


def test_every_event_is_described(serving: Serving) -> None:
    document = serving.client().get("/api/v1/asyncapi.json").json()
    assert document["asyncapi"] == "3.0.0"
    described = document["channels"]["events"]["messages"]
    assert set(described) == set(EVENTS)
    for reference in described.values():
        message = document["components"]["messages"][reference["$ref"].rpartition("/")[2]]
        assert set(message["payload"]["required"]) == set(message["payload"]["properties"])
    made = document["components"]["messages"]["jiebang.announcement.made.v1"]["payload"]["properties"]
    assert made["team_ids"] == {"type": "array", "items": {"type": "string"}}
    assert json.dumps(document)


@pytest.mark.parametrize("page", ["/docs", "/docs/events"])
def test_the_viewers_load_nothing_from_elsewhere(serving: Serving, page: str) -> None:
    response = serving.client().get(page)
    assert response.status_code == 200
    assert "http" not in response.text.replace("httpequiv", "")
    addresses = [part.split('"')[0] for part in response.text.split('="/')[1:]]
    files = [f"/{address}" for address in addresses if address.startswith("static/")]
    assert len(files) == 4
    for address in files:
        assert serving.client().get(address.replace("&amp;", "&")).status_code == 200
