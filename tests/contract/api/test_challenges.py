"""Posting challenges, reading them as far as one may, and taking them to the point where teams bid."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from domain.audience import Confidentiality
from domain.challenges import ChallengeState
from domain.use_cases.challenges import amend_challenge
from tests.market import post_open
from tests.serving import Serving, problem_of

CHALLENGES = "/api/v1/challenges"
WANTED: dict[str, Any] = {
    "title": "注塑机机械手偶发卡滞",
    "text": "每班停机约 12 分钟，想提前报警。",
    "industry": "moulding",
    "skills": [
        {"skill": "plc-programming", "level": 3, "weight": 3, "mandatory": True},
        {"skill": "python", "level": 2, "weight": 1},
    ],
    "reward_cny": 8000,
}


def posted(client: TestClient, **changes: Any) -> dict[str, Any]:
    """A challenge that was taken."""
    response = client.post(CHALLENGES, json=WANTED | changes)
    assert response.status_code == 201, response.text
    document: dict[str, Any] = response.json()
    return document


def test_a_draft_has_the_factorys_place_and_three_weeks(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    response = client.post(CHALLENGES, json=WANTED)
    assert response.status_code == 201
    draft = response.json()
    assert response.headers["location"] == f"{CHALLENGES}/{draft['id']}"
    assert response.headers["etag"] == f'"{draft["version"]}"'
    assert draft["state"] == "draft"
    assert draft["language"] == "zh"
    assert (draft["city"], draft["province"]) == ("苏州", "江苏")
    assert [(s["skill"], s["weight"]) for s in draft["skills"]] == [
        ("plc-programming", 0.75),
        ("python", 0.25),
    ]
    assert draft["skills"][0]["zh"] == serving.taxonomy.skill("plc-programming").zh
    read = client.get(response.headers["location"])
    assert read.json() == draft
    assert read.headers["etag"] == response.headers["etag"]


def test_an_approver_publishes_at_once(serving: Serving) -> None:
    challenge = posted(serving.client(serving.market.approver), publish=True)
    assert challenge["state"] == "open"
    assert challenge["opened_at"] is not None


def test_an_engineer_cannot_publish_and_then_nothing_is_kept(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    problem_of(client.post(CHALLENGES, json=WANTED | {"publish": True}), 403, "not_allowed")
    assert client.get("/api/v1/me/challenges").json()["total"] == 0


def test_from_draft_to_open(serving: Serving) -> None:
    engineer, approver = serving.client(serving.market.engineer), serving.client(serving.market.approver)
    draft = posted(engineer)
    here = f"{CHALLENGES}/{draft['id']}"
    assert engineer.post(f"{here}/submit").json()["state"] == "in_review"
    problem_of(engineer.post(f"{here}/publish"), 403, "not_allowed")
    assert approver.post(f"{here}/return").json()["state"] == "draft"
    problem_of(approver.post(f"{here}/return"), 409, "wrong_state")
    engineer.post(f"{here}/submit")
    assert approver.post(f"{here}/publish").json()["state"] == "open"
    problem_of(approver.post(f"{here}/publish"), 409, "wrong_state")
    assert engineer.post(f"{here}/cancel").json()["state"] == "cancelled"


def test_an_approver_publishes_a_draft_without_a_review(serving: Serving) -> None:
    engineer, approver = serving.client(serving.market.engineer), serving.client(serving.market.approver)
    here = f"{CHALLENGES}/{posted(engineer)['id']}"
    problem_of(engineer.post(f"{here}/publish"), 403, "not_allowed")
    assert engineer.get(here).json()["state"] == "draft"
    assert approver.post(f"{here}/publish").json()["state"] == "open"


def test_a_draft_that_cannot_open_stays_a_draft(serving: Serving) -> None:
    approver = serving.client(serving.market.approver)
    here = f"{CHALLENGES}/{posted(approver, skills=[])['id']}"
    problem_of(approver.post(f"{here}/publish"), 422, "invalid")
    assert approver.get(here).json()["state"] == "draft"


def test_a_draft_is_its_factorys_alone(serving: Serving) -> None:
    draft = posted(serving.client(serving.market.engineer))
    here = f"{CHALLENGES}/{draft['id']}"
    for actor in (serving.market.other_engineer, serving.market.captain, None):
        client = serving.client(actor)
        problem_of(client.get(here), 404, "not_found")
    stranger = serving.client(serving.market.other_engineer)
    for step in ("submit", "publish", "return", "cancel"):
        problem_of(stranger.post(f"{here}/{step}"), 404, "not_found")
    problem_of(stranger.patch(here, json={}, headers={"If-Match": "*"}), 404, "not_found")
    assert serving.client(serving.market.administrator).get(here).status_code == 200


def test_another_factorys_open_challenge_may_be_seen_and_not_touched(serving: Serving) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    stranger = serving.client(serving.market.other_engineer)
    here = f"{CHALLENGES}/{challenge.id}"
    seen = stranger.get(here).json()
    assert seen["enterprise_mentor_id"] is None
    assert seen["author_id"] is None
    problem_of(stranger.post(f"{here}/cancel"), 403, "not_allowed")
    problem_of(stranger.patch(here, json={"title": "x"}, headers={"If-Match": "*"}), 403, "not_allowed")


def test_only_a_factorys_people_post(serving: Serving) -> None:
    problem_of(serving.client(serving.market.captain).post(CHALLENGES, json=WANTED), 403, "not_allowed")
    problem_of(serving.client().post(CHALLENGES, json=WANTED), 401, "not_signed_in")


def test_a_change_names_the_version_that_was_read(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    draft = posted(client)
    here = f"{CHALLENGES}/{draft['id']}"
    problem_of(client.patch(here, json={"title": "新标题"}), 428, "precondition_required")
    problem_of(client.patch(here, json={"title": "新标题"}, headers={"If-Match": '"7"'}), 412, "stale")
    changed = client.patch(
        here,
        json={"title": "新标题", "kpi": {"name": "停机", "unit": "小时/月", "baseline": 6, "target": 2}},
        headers={"If-Match": '"1"'},
    )
    assert changed.status_code == 200
    assert changed.headers["etag"] == '"2"'
    assert changed.json()["title"] == "新标题"
    assert changed.json()["kpi"]["baseline"] == 6
    assert changed.json()["text"] == draft["text"]
    assert client.patch(here, json={"kpi": None}, headers={"If-Match": "*"}).json()["kpi"] is None


def test_skills_may_be_called_by_their_names(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    draft = posted(client, skills=[{"skill": "振动分析", "level": 3}, {"skill": "Python", "level": 2}])
    assert [need["skill"] for need in draft["skills"]] == ["vibration-analysis", "python"]
    changed = client.patch(
        f"{CHALLENGES}/{draft['id']}",
        json={"skills": [{"skill": "可编程逻辑控制器", "level": 3}]},
        headers={"If-Match": "*"},
    )
    assert [need["skill"] for need in changed.json()["skills"]] == ["plc-programming"]


def test_the_deadline_of_an_open_challenge_only_moves_later(serving: Serving) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    client = serving.client(serving.market.engineer)
    earlier = (challenge.brief.bids_close_at - timedelta(days=1)).isoformat()
    refused = client.patch(
        f"{CHALLENGES}/{challenge.id}", json={"bids_close_at": earlier}, headers={"If-Match": "*"}
    )
    problem = problem_of(refused, 422, "invalid")
    assert problem["errors"][0]["field"] == "bids_close_at"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "\0"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"industry": "no-such-trade"}, "industry"),
        ({"skills": [{"skill": "no-such-skill", "level": 3}]}, "skills.0.skill"),
        ({"skills": [{"skill": "python", "level": 6}]}, "skills.0.level"),
        ({"skills": [{"skill": "python", "level": 3}] * 2}, "skills.1.skill"),
        (
            {"skills": [{"skill": called, "level": 3} for called in ("python", "Ｐｙｔｈｏｎ")]},
            "skills.1.skill",
        ),
        ({"skills": [{"skill": " ", "level": 3}]}, "skills.0.skill"),
        ({"hours_per_week": -1}, "hours_per_week"),
        ({"reward_cny": 1.5}, "reward_cny"),
        ({"bids_close_at": "9999-12-31T23:59:59-12:00"}, "bids_close_at"),
        ({"bids_close_at": 1}, "bids_close_at"),
        ({"confidentiality": "nda"}, "teaser"),
        ({"eligible_schools": ["00000000-0000-7000-8000-999999999999"]}, "eligible_schools.0"),
        ({"enterprise_mentor_id": "00000000-0000-7000-8000-999999999999"}, "enterprise_mentor_id"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_a_refusal_names_the_field(serving: Serving, change: dict[str, Any], field: str) -> None:
    client = serving.client(serving.market.approver)
    response = client.post(CHALLENGES, json=WANTED | change)
    assert response.status_code == 422, response.text
    problem = response.json()
    assert [error["field"] for error in problem["errors"]] == [field]
    assert client.get("/api/v1/me/challenges").json()["total"] == 0


def test_what_is_not_json_is_refused(serving: Serving) -> None:
    client = serving.client(serving.market.approver)
    for body in (b"", b"{", b"[]", b"null", b'{"title": "\xff"}', b'{"reward_cny": NaN}', b"[" * 100_000):
        response = client.post(CHALLENGES, content=body, headers={"Content-Type": "application/json"})
        assert 400 <= response.status_code < 500, body[:20]
        assert response.headers["content-type"] == "application/problem+json"


def test_a_repeated_key_posts_once(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    first = client.post(CHALLENGES, json=WANTED, headers={"Idempotency-Key": "once"})
    again = client.post(CHALLENGES, json=WANTED, headers={"Idempotency-Key": "once"})
    assert again.status_code == 201
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    other = client.post(CHALLENGES, json=WANTED | {"title": "另一个"}, headers={"Idempotency-Key": "once"})
    problem_of(other, 422, "key_reused")
    assert client.get("/api/v1/me/challenges").json()["total"] == 1


def test_a_confidential_brief_is_read_under_accepted_terms(serving: Serving) -> None:
    challenge = post_open(
        serving.store, serving.market, serving.taxonomy, confidentiality=Confidentiality.NDA
    )
    here = f"{CHALLENGES}/{challenge.id}"
    problem_of(serving.client().get(here), 404, "not_found")
    captain = serving.client(serving.market.captain)
    teaser = captain.get(here).json()
    assert teaser["teaser"] == challenge.brief.teaser
    assert (teaser["text"], teaser["kpi"], teaser["machine"]) == (None, None, None)
    assert teaser["terms"] == {"id": challenge.terms, "accepted": False}
    problem_of(captain.post(f"{here}/terms", json={"terms": "another:1"}), 409, "conflict")
    accepted = captain.post(f"{here}/terms", json={"terms": challenge.terms})
    assert accepted.json()["text"] == challenge.brief.text
    assert captain.get(here).json() == accepted.json()
    assert serving.client(serving.market.member).get(here).json()["text"] is None
    assert serving.client(serving.market.engineer).get(here).json()["text"] == challenge.brief.text


def test_a_new_edition_of_the_brief_asks_for_acceptance_again(serving: Serving) -> None:
    challenge = post_open(
        serving.store, serving.market, serving.taxonomy, confidentiality=Confidentiality.NDA
    )
    here = f"{CHALLENGES}/{challenge.id}"
    captain = serving.client(serving.market.captain)
    captain.post(f"{here}/terms", json={"terms": challenge.terms})
    serving.client(serving.market.engineer).patch(here, json={"text": "新"}, headers={"If-Match": "*"})
    assert captain.get(here).json()["text"] is None


def test_an_own_list_pages_from_the_newest(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    ids = [posted(client)["id"] for _ in range(3)]
    first = client.get("/api/v1/me/challenges?limit=2").json()
    assert [one["id"] for one in first["items"]] == ids[:0:-1]
    assert first["total"] == 3
    rest = client.get("/api/v1/me/challenges", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [one["id"] for one in rest["items"]] == ids[:1]
    assert rest["next_cursor"] is None
    problem_of(serving.client(serving.market.captain).get("/api/v1/me/challenges"), 403, "not_allowed")


def test_an_open_challenge_is_found(serving: Serving) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    posted(serving.client(serving.market.engineer))
    serving.settle()
    page = serving.client().get(CHALLENGES, params={"q": "振动", "skill": "vibration-analysis"}).json()
    assert [hit["id"] for hit in page["items"]] == [challenge.id]
    assert (page["total"], page["total_relation"], page["next_cursor"]) == (1, "eq", None)
    assert "<mark>" in page["items"][0]["highlight"]["title_html"]
    assert page["facets"]["state"] == [{"value": ChallengeState.OPEN, "count": 1}]
    assert serving.client().get(CHALLENGES, params={"reward_min": 20_000}).json()["total"] == 0


def test_a_hit_that_became_confidential_shows_its_teaser_alone(serving: Serving) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    serving.settle()
    serving.client(serving.market.engineer).patch(
        f"{CHALLENGES}/{challenge.id}", json={"confidentiality": "nda"}, headers={"If-Match": "*"}
    )
    assert serving.client().get(CHALLENGES, params={"q": "轴承"}).json()["items"] == []
    (hit,) = serving.client(serving.market.captain).get(CHALLENGES, params={"q": "轴承"}).json()["items"]
    assert hit["summary"] == challenge.brief.teaser
    assert hit["highlight"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "sort=best", "state=gone", "cursor=x", "nonsense=1"])
def test_a_query_that_nobody_knows_is_refused(serving: Serving, query: str) -> None:
    response = serving.client().get(f"{CHALLENGES}?{query}")
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_a_suggestion_is_checked_against_the_row_as_it_is_now(serving: Serving) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    serving.settle()
    with serving.store.begin() as work:
        hidden = replace(challenge.brief, confidentiality=Confidentiality.MEMBERS)
        amend_challenge(
            work, serving.market.engineer, challenge.id, challenge.version, hidden, serving.taxonomy
        )
        work.commit()
    for actor, shown in ((None, False), (serving.market.loner, True)):
        found = serving.client(actor).get("/api/v1/suggestions", params={"q": "数控"}).json()["items"]
        assert (challenge.id in {one["id"] for one in found}) is shown


def test_suggestions_name_skills_and_challenges(serving: Serving) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    serving.settle()
    found = serving.client().get("/api/v1/suggestions", params={"q": "数控"}).json()["items"]
    assert challenge.id in {one["id"] for one in found}
