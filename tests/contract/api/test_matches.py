"""Who fits whom over REST, and who may know the people behind it."""

from typing import Any

import pytest

from tests.market import bid_of, post_open
from tests.serving import Serving, problem_of


def matches(serving: Serving, challenge_id: str, who: str) -> list[dict[str, Any]]:
    """The ranking as somebody in the market sees it."""
    client = serving.client(getattr(serving.market, who))
    response = client.get(f"/api/v1/challenges/{challenge_id}/matches")
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


def test_the_better_team_comes_first_and_its_points_add_up(serving: Serving) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    serving.settle()
    ranked = matches(serving, challenge.id, "engineer")
    assert [match["id"] for match in ranked] == [serving.market.team, serving.market.partner_team]
    assert [match["rank"] for match in ranked] == [1, 2]
    for match in ranked:
        told = match["explanation"]
        lines = [*told["skills"], *told["terms"]]
        assert sum(line["contribution"] for line in lines) == pytest.approx(match["score"], abs=1e-9)
        assert told["rank"] == match["rank"]
    by_skill = {line["skill"]: line for line in ranked[0]["explanation"]["skills"]}
    assert by_skill["vibration-analysis"]["basis"] == "certified"
    assert by_skill["vibration-analysis"]["zh"] == serving.taxonomy.skill("vibration-analysis").zh


@pytest.mark.parametrize(
    ("who", "knows", "does_not_know"),
    [
        ("engineer", ["team", "partner_team"], []),
        ("administrator", ["team", "partner_team"], []),
        ("captain", ["team"], ["partner_team"]),
        ("loner", ["team"], ["partner_team"]),
        ("school_mentor", ["team"], ["partner_team"]),
        ("partner_captain", ["partner_team"], ["team"]),
        ("other_engineer", [], ["team", "partner_team"]),
    ],
)
def test_people_are_named_to_those_who_may_know_them(
    serving: Serving, who: str, knows: list[str], does_not_know: list[str]
) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    serving.settle()
    seen = {match["id"]: match for match in matches(serving, challenge.id, who)}
    for name in knows:
        match = seen[getattr(serving.market, name)]
        assert match["team"]["members"]
        assert any(line["provider"] for line in match["explanation"]["skills"])
    for name in does_not_know:
        match = seen[getattr(serving.market, name)]
        assert match["team"]["members"] is None
        assert not any(line["provider"] for line in match["explanation"]["skills"])
        assert match["team"]["size"] > 0


def test_a_draft_without_skills_fits_nobody(serving: Serving) -> None:
    engineer = serving.client(serving.market.engineer)
    draft = engineer.post(
        "/api/v1/challenges", json={"title": "Draft", "text": "", "industry": "machining"}
    ).json()
    assert matches(serving, draft["id"], "engineer") == []
    stranger = serving.client(serving.market.captain).get(f"/api/v1/challenges/{draft['id']}/matches")
    problem_of(stranger, 404, "not_found")


def test_rankings_are_for_members(serving: Serving) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    problem_of(serving.client().get(f"/api/v1/challenges/{challenge.id}/matches"), 401, "not_signed_in")


def test_a_full_page_says_that_there_may_be_more(serving: Serving) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    serving.settle()
    client = serving.client(serving.market.engineer)
    page = client.get(f"/api/v1/challenges/{challenge.id}/matches?limit=1").json()
    assert (page["total"], page["total_relation"]) == (1, "gte")


def test_a_team_sees_its_best_challenges(serving: Serving) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    serving.settle()
    here = f"/api/v1/teams/{serving.market.team}/matches"
    (match,) = serving.client(serving.market.member).get(here).json()["items"]
    assert (match["id"], match["challenge"]["id"]) == (challenge.id, challenge.id)
    assert match["explanation"]["rank"] == 1
    assert match["score"] == pytest.approx(match["explanation"]["score"])
    problem_of(serving.client(serving.market.engineer).get(here), 403, "not_allowed")
    problem_of(
        serving.client(serving.market.member).get(
            "/api/v1/teams/00000000-0000-7000-8000-999999999999/matches"
        ),
        404,
        "not_found",
    )


def test_a_challenge_that_has_closed_meanwhile_is_left_out(serving: Serving) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    serving.settle()
    serving.client(serving.market.engineer).post(f"/api/v1/challenges/{challenge.id}/cancel")
    here = f"/api/v1/teams/{serving.market.team}/matches"
    assert serving.client(serving.market.captain).get(here).json()["items"] == []


def own_matches(serving: Serving, who: str = "captain") -> list[tuple[str, int, bool]]:
    response = serving.client(getattr(serving.market, who)).get(
        f"/api/v1/teams/{serving.market.team}/matches?limit=2"
    )
    assert response.status_code == 200, response.text
    return [(one["id"], one["rank"], one["not_relevant"]) for one in response.json()["items"]]


def test_what_does_not_concern_a_team_comes_last_in_its_list_until_it_takes_that_back(
    serving: Serving,
) -> None:
    best = post_open(serving.store, serving.market, serving.taxonomy)
    worse = post_open(serving.store, serving.market, serving.taxonomy, city="东莞", province="广东")
    serving.settle()
    assert own_matches(serving) == [(best.id, 1, False), (worse.id, 2, False)]
    captain = serving.client(serving.market.captain)
    path = f"/api/v1/teams/{serving.market.team}/matches/{best.id}/not-relevant"
    for _ in range(2):
        assert captain.put(path).status_code == 204
    assert own_matches(serving) == [(worse.id, 2, False), (best.id, 1, True)]
    third = post_open(serving.store, serving.market, serving.taxonomy, city="哈尔滨", province="黑龙江")
    serving.settle()
    assert [id for id, *_ in own_matches(serving)] == [worse.id, third.id], "it takes no other's place"
    for _ in range(2):
        assert captain.delete(path).status_code == 204
    assert own_matches(serving) == [(best.id, 1, False), (worse.id, 2, False)]


def test_who_may_not_say_so_is_told_why(serving: Serving) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    draft = (
        serving.client(serving.market.engineer)
        .post("/api/v1/challenges", json={"title": "Draft", "text": "", "industry": "machining"})
        .json()
    )
    teams = f"/api/v1/teams/{serving.market.team}/matches"
    path = f"{teams}/{challenge.id}/not-relevant"
    for who in (serving.market.member, serving.market.partner_captain, serving.market.engineer):
        problem_of(serving.client(who).put(path), 403, "not_allowed")
        problem_of(serving.client(who).delete(path), 403, "not_allowed")
    problem_of(serving.client().put(path), 401, "not_signed_in")
    captain = serving.client(serving.market.captain)
    problem_of(captain.put(f"{teams}/{draft['id']}/not-relevant"), 404, "not_found")
    bid_of(serving.store, serving.market.captain, serving.market.team, challenge.id)
    problem_of(captain.put(path), 409, "conflict")
