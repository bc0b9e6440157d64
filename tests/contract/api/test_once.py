"""Requests that come twice: at the same time, with another body, and after a failure."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.serving import Serving, problem_of

TEAMS = "/api/v1/teams"
TOGETHER = 8


def wanted(title: str) -> dict[str, object]:
    return {"title": title, "hours_per_week": 6.0}


def test_duplicates_at_the_same_time_have_one_effect(serving: Serving) -> None:
    client = serving.client(serving.market.loner, **{"Idempotency-Key": "form"})
    barrier = Barrier(TOGETHER)

    def send(_: int) -> str:
        barrier.wait()
        response = client.post(TEAMS, json=wanted("单人队"))
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    with ThreadPoolExecutor(TOGETHER) as pool:
        ids = set(pool.map(send, range(TOGETHER)))
    assert len(ids) == 1
    assert {team["id"] for team in client.get("/api/v1/me").json()["teams"]} == ids


def test_the_same_key_with_another_body_is_refused(serving: Serving) -> None:
    client = serving.client(serving.market.loner, **{"Idempotency-Key": "form"})
    assert client.post(TEAMS, json=wanted("一队")).status_code == 201
    problem_of(client.post(TEAMS, json=wanted("二队")), 422, "key_reused")
    assert len(client.get("/api/v1/me").json()["teams"]) == 1


def test_a_key_is_its_owners(serving: Serving) -> None:
    key = {"Idempotency-Key": "form"}
    one = serving.client(serving.market.loner, **key).post(TEAMS, json=wanted("一队"))
    other = serving.client(serving.market.member, **key).post(TEAMS, json=wanted("一队"))
    assert one.json()["id"] != other.json()["id"]


def test_what_was_refused_may_be_tried_again(serving: Serving) -> None:
    client = serving.client(serving.market.loner, **{"Idempotency-Key": "form"})
    stranger = wanted("一队") | {"member_ids": ["01977d3e-5c1a-7000-8000-0242ac120002"]}
    problem_of(client.post(TEAMS, json=stranger), 422, "not_found")
    assert client.post(TEAMS, json=wanted("一队")).status_code == 201


def test_the_same_answer_comes_again_with_its_headers(serving: Serving) -> None:
    client = serving.client(serving.market.loner, **{"Idempotency-Key": "form"})
    first, again = client.post(TEAMS, json=wanted("一队")), client.post(TEAMS, json=wanted("一队"))
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotency-replayed"] == "true"
