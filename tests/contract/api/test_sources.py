"""A source becomes a challenge of its factory once, whichever way it comes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tests.contract.api.test_intake import process, sent
from tests.serving import Serving, problem_of

CHALLENGES = "/api/v1/challenges"
SOURCE = {"system": "cmms", "id": "WO-10086"}
WANTED: dict[str, Any] = {
    "title": "主轴振动",
    "text": "主轴轴承每季度损坏一次。",
    "industry": "machining",
    "skills": [{"skill": "vibration-analysis", "level": 3}, {"skill": "PLC", "level": 2}],
    "kpi": {"name": "停机", "unit": "小时/月", "baseline": 6.4, "target": 2.0},
    "source": SOURCE,
}
TOGETHER = 8


def post(client: TestClient, **changes: Any) -> Response:
    return client.post(CHALLENGES, json=WANTED | changes)


def posted(client: TestClient, **changes: Any) -> dict[str, Any]:
    response = post(client, **changes)
    assert response.status_code == 201, response.text
    document: dict[str, Any] = response.json()
    return document


def total(client: TestClient) -> int:
    return int(client.get("/api/v1/me/challenges").json()["total"])


def test_a_source_that_is_there_is_named(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    first = posted(client)
    assert first["source"] == SOURCE
    serving.clock.advance(timedelta(days=2))
    problem = problem_of(post(client), 409, "already_posted")
    assert problem["existing"] == {
        "id": first["id"],
        "number": first["number"],
        "state": "draft",
        "differs": False,
    }
    assert problem["errors"][0]["field"] == "source"
    assert f"J-{first['number']:04d} (draft)" in problem["detail"]
    assert f"/challenges/{first['id']}" in problem["detail"]
    zh = serving.client(serving.market.approver, **{"Accept-Language": "zh"})
    assert f"难题 J-{first['number']:04d}（草稿）" in problem_of(post(zh), 409, "already_posted")["detail"]
    assert total(client) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "主轴振动，每季度"},
        {"skills": WANTED["skills"][:1]},
        {"kpi": WANTED["kpi"] | {"target": 1.0}},
        {"reward_cny": 1},
        {"bids_close_at": "2099-01-31T18:00:00+08:00"},
    ],
    ids=lambda changes: str(*changes),
)
def test_a_corrected_post_is_told_that_it_differs(serving: Serving, changes: dict[str, Any]) -> None:
    client = serving.client(serving.market.engineer)
    first = posted(client)
    problem = problem_of(post(client, **changes), 409, "already_posted")
    assert problem["existing"]["differs"] is True
    assert client.get(f"{CHALLENGES}/{first['id']}").json() == first


def test_what_the_post_leaves_open_is_no_difference(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    first = posted(client)
    change = {"reward_cny": 9000, "city": "无锡"}
    client.patch(f"{CHALLENGES}/{first['id']}", json=change, headers={"If-Match": "*"}).raise_for_status()
    assert problem_of(post(client), 409, "already_posted")["existing"]["differs"] is False


def test_each_factory_has_sources_of_its_own(serving: Serving) -> None:
    mine = posted(serving.client(serving.market.engineer))
    theirs = posted(serving.client(serving.market.other_engineer))
    assert mine["id"] != theirs["id"]
    refused = problem_of(post(serving.client(serving.market.other_engineer)), 409, "already_posted")
    assert refused["existing"]["id"] == theirs["id"]
    assert mine["id"] not in str(refused)


def test_spaces_around_a_source_say_nothing(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    first = posted(client, source={"system": " cmms", "id": "WO-10086 "})
    assert first["source"] == SOURCE
    problem_of(post(client), 409, "already_posted")


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ({"system": "s" * 101, "id": "1"}, "source.system"),
        ({"system": "s", "id": "1" * 201}, "source.id"),
        ({"system": "s", "id": " "}, "source.id"),
        ({"system": "s"}, "source.id"),
    ],
)
def test_a_source_has_limits(serving: Serving, source: dict[str, str], field: str) -> None:
    problem = problem_of(post(serving.client(serving.market.engineer), source=source), 422, "invalid")
    assert [error["field"] for error in problem["errors"]] == [field]


def test_of_posts_at_the_same_time_one_wins_and_the_others_are_told(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    barrier = Barrier(TOGETHER)

    def send(_: int) -> Response:
        barrier.wait()
        return post(client)

    with ThreadPoolExecutor(TOGETHER) as pool:
        answers = list(pool.map(send, range(TOGETHER)))
    (won,) = (answer.json()["id"] for answer in answers if answer.status_code == 201)
    refused = [problem_of(answer, 409, "already_posted") for answer in answers if answer.status_code != 201]
    assert {problem["existing"]["id"] for problem in refused} == {won}
    assert total(client) == 1


def test_the_intake_leaves_what_was_posted(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    first = posted(client)
    status_url = sent(serving, WANTED | {"title": "又发一次"})
    process(serving)
    assert client.get(status_url).json() | {"id": ""} == {
        "id": "",
        "state": "drafted",
        "challenge_id": first["id"],
        "dead_letter_id": None,
        "reason": None,
    }
    assert total(client) == 1
    assert client.get(f"{CHALLENGES}/{first['id']}").json() == first


def test_a_post_is_told_of_what_the_intake_drafted(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    status_url = sent(serving, WANTED)
    process(serving)
    drafted = client.get(status_url).json()["challenge_id"]
    existing = problem_of(post(client), 409, "already_posted")["existing"]
    assert (existing["id"], existing["differs"]) == (drafted, False)


def test_the_same_request_again_has_the_answer_that_it_had(serving: Serving) -> None:
    client = serving.client(serving.market.engineer, **{"Idempotency-Key": "once"})
    assert posted(client) == posted(client)
