"""What a program or a person is told when a request cannot be served."""

import sqlite3
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from infra.database import Database
from search.errors import CatalogueUnavailable
from tests.serving import Serving, problem_of


@pytest.fixture
def engineer(serving: Serving) -> TestClient:
    """A program of the factory's."""
    return serving.client(serving.market.engineer)


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "label", "missing"),
        ({"label": 7}, "label", "string_type"),
        ({"label": ""}, "label", "string_too_short"),
        ({"label": "x" * 101}, "label", "string_too_long"),
        ({"label": "a\0b"}, "label", "string_pattern_mismatch"),
        ({"label": "a", "expires_in_days": "5"}, "expires_in_days", "int_type"),
        ({"label": "a", "expires_in_days": 0}, "expires_in_days", "greater_than_equal"),
        ({"label": "a", "expires_in_days": 10**9}, "expires_in_days", "less_than_equal"),
        ({"label": "a", "admin": True}, "admin", "extra_forbidden"),
        ([], "body", "model_attributes_type"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_wrong_input_is_named_with_its_remedy(
    engineer: TestClient, body: Any, field: str, code: str, language: str
) -> None:
    response = engineer.post("/api/v1/tokens", json=body, headers={"accept-language": language})
    (error,) = problem_of(response, 422, "invalid")["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert "{" not in error["message"]
    assert any(letter >= "\u4e00" for letter in error["message"]) == (language == "zh")


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff\xfe", b"[" * 100_000, b'{"label": ' + b"9" * 5000 + b"}", b'{"label": "\\ud800"}', b"NaN"],
)
def test_a_hostile_body_is_our_callers_fault(engineer: TestClient, body: bytes) -> None:
    response = engineer.post("/api/v1/tokens", content=body, headers={"content-type": "application/json"})
    assert 400 <= response.status_code < 500, response.text
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "query", ["?limit=0", "?limit=101", "?limit=x", "?cursor=%00", "?cursor=after-9%20or%201", "?limt=5"]
)
def test_a_hostile_query_is_refused(engineer: TestClient, query: str) -> None:
    response = engineer.get(f"/api/v1/notifications{query}")
    assert response.status_code == 422, response.text


def test_an_unknown_parameter_is_named(engineer: TestClient) -> None:
    document = problem_of(engineer.get("/api/v1/notifications?limt=5"), 422, "unknown_parameter")
    assert "limt" in document["detail"]
    assert "limit" in document["detail"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "没有找到"),
        ("en-GB,en;q=0.9,zh;q=0.8", "Not found"),
        ("fr", "Not found"),
        ("", "Not found"),
        ("zh;q=nonsense, en;q=0.1", "Not found"),
    ],
)
def test_the_language_is_negotiated(serving: Serving, wanted: str, expected: str) -> None:
    response = serving.client().get("/api/v1/nothing", headers={"accept-language": wanted})
    assert problem_of(response, 404, "not_found")["title"] == expected


def test_a_wrong_method_says_which_are_right(serving: Serving) -> None:
    response = serving.client().delete("/api/v1/me")
    problem_of(response, 405, "method_not_allowed")
    assert response.headers["allow"] == "GET"


def test_a_database_that_is_away_is_a_matter_of_time(
    engineer: TestClient, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: Database) -> Any:
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError("disk I/O error"))

    monkeypatch.setattr(Database, "read", away)
    response = engineer.get("/api/v1/me")
    problem_of(response, 503, "unavailable")
    assert int(response.headers["retry-after"]) > 0
    assert serving.client().get("/healthz").status_code == 200
    assert serving.client().get("/readyz").status_code == 503


def test_a_catalogue_that_is_away_does_not_make_us_unready(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise CatalogueUnavailable("it is away")

    monkeypatch.setattr(serving.services.catalogue, "check", away)
    ready = serving.client().get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {
        "ready": True,
        "database": True,
        "replica": True,
        "catalogue": False,
        "consumers": {},
    }


def test_our_own_mistake_says_nothing_of_its_inside(
    engineer: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: Database) -> Any:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(Database, "read", broken)
    response = engineer.get("/api/v1/me")
    document = problem_of(response, 500, "internal")
    assert "secret" not in response.text
    assert document["request_id"] in document["detail"]
    assert "the secret inside" in caplog.text


def test_metrics_count_by_route_and_not_by_address(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    client.get("/api/v1/notifications?limit=3")
    client.delete(f"/api/v1/tokens/{'f' * 64}")
    figures = client.get("/metrics").text
    assert 'route="/api/v1/tokens/{token_id}",status="404"' in figures
    assert "ffff" not in figures
