"""Bidding over REST: who sends, who sees, who chooses."""

from datetime import timedelta
from typing import Any

import pytest

from domain.audience import Confidentiality
from domain.use_cases.timers import close_bidding
from tests.market import bid_of, post_open
from tests.serving import Serving, problem_of

NOBODY = "00000000-0000-7000-8000-999999999999"
OFFER: dict[str, Any] = {
    "approach": "加装加速度传感器。",
    "plan": [{"title": "采集", "due_on": "2026-04-01"}, {"title": "验收", "due_on": "2026-04-10"}],
    "hours_per_week": 8,
}


def test_a_captain_bids(serving: Serving) -> None:
    challenge = post_open(serving.store, serving.market, serving.taxonomy)
    bids = f"/api/v1/challenges/{challenge.id}/bids"
    captain = serving.client(serving.market.captain)
    response = captain.post(bids, json=OFFER | {"team_id": serving.market.team})
    assert response.status_code == 201, response.text
    bid = response.json()
    assert bid["state"] == "submitted"
    assert bid["challenge"]["id"] == challenge.id
    assert response.headers["location"] == f"/api/v1/bids/{bid['id']}"
    assert captain.get(response.headers["location"]).json() == bid
    assert captain.get(f"/api/v1/challenges/{challenge.id}").json()["bid_count"] == 1
    again = captain.post(bids, json=OFFER | {"team_id": serving.market.team})
    problem_of(again, 409, "conflict")


def test_who_may_not_bid_is_told_why(serving: Serving) -> None:
    market = serving.market
    challenge = post_open(serving.store, market, serving.taxonomy)
    bids = f"/api/v1/challenges/{challenge.id}/bids"
    ours = OFFER | {"team_id": market.team}
    problem_of(serving.client(market.member).post(bids, json=ours), 403, "not_allowed")
    problem_of(serving.client().post(bids, json=ours), 401, "not_signed_in")
    captain = serving.client(market.captain)
    for wrong, field in (
        ({"plan": []}, "plan"),
        ({"plan": [{"title": "x", "due_on": "9999-12-31"}]}, "plan.0.due_on"),
        ({"plan": OFFER["plan"] + [{"title": "x", "due_on": "2020-01-31"}]}, "plan.2.due_on"),
        ({"hours_per_week": -1}, "hours_per_week"),
        ({"approach": "  "}, "approach"),
    ):
        response = captain.post(bids, json=ours | wrong)
        assert response.status_code == 422, response.text
        assert response.json()["errors"][0]["field"] == field
    serving.clock.advance(timedelta(days=15))
    problem_of(captain.post(bids, json=ours), 409, "wrong_state")


def test_a_gate_keeps_a_team_out(serving: Serving) -> None:
    market = serving.market
    challenge = post_open(serving.store, market, serving.taxonomy, eligible_schools=(market.school,))
    refused = serving.client(market.partner_captain).post(
        f"/api/v1/challenges/{challenge.id}/bids", json=OFFER | {"team_id": market.partner_team}
    )
    problem_of(refused, 409, "gate_failed")


def test_nobody_bids_for_a_draft_that_they_do_not_know(serving: Serving) -> None:
    market = serving.market
    draft = serving.client(market.engineer).post(
        "/api/v1/challenges", json={"title": "Draft", "text": "", "industry": "machining"}
    )
    bids = f"/api/v1/challenges/{draft.json()['id']}/bids"
    captain = serving.client(market.captain)
    problem_of(captain.post(bids, json=OFFER | {"team_id": market.team}), 404, "not_found")
    problem_of(captain.get(bids), 404, "not_found")


def test_a_confidential_challenge_asks_bidders_to_accept_its_terms(serving: Serving) -> None:
    market = serving.market
    challenge = post_open(serving.store, market, serving.taxonomy, confidentiality=Confidentiality.NDA)
    here = f"/api/v1/challenges/{challenge.id}"
    captain = serving.client(market.captain)
    ours = OFFER | {"team_id": market.team}
    problem_of(captain.post(f"{here}/bids", json=ours), 403, "terms_not_accepted")
    captain.post(f"{here}/terms", json={"terms": challenge.terms})
    assert captain.post(f"{here}/bids", json=ours).status_code == 201


def test_bids_are_for_their_team_and_the_factory(serving: Serving) -> None:
    market = serving.market
    challenge = post_open(serving.store, market, serving.taxonomy)
    ours = bid_of(serving.store, market.captain, market.team, challenge.id).id
    theirs = bid_of(serving.store, market.partner_captain, market.partner_team, challenge.id).id

    def seen(who: str) -> set[str]:
        client = serving.client(getattr(market, who))
        of_challenge = client.get(f"/api/v1/challenges/{challenge.id}/bids").json()
        in_all = client.get("/api/v1/bids").json()
        assert of_challenge == in_all
        ids = {bid["id"] for bid in in_all["items"]}
        for bid_id in (ours, theirs):
            status = client.get(f"/api/v1/bids/{bid_id}").status_code
            assert status == (200 if bid_id in ids else 404)
        return ids

    assert seen("engineer") == seen("administrator") == {ours, theirs}
    assert seen("captain") == seen("member") == {ours}
    assert seen("partner_captain") == {theirs}
    assert seen("loner") == seen("other_engineer") == set()


def test_a_bid_is_revised_as_it_was_read(serving: Serving) -> None:
    market = serving.market
    challenge = post_open(serving.store, market, serving.taxonomy)
    bid = bid_of(serving.store, market.captain, market.team, challenge.id)
    here = f"/api/v1/bids/{bid.id}"
    captain = serving.client(market.captain)
    problem_of(captain.patch(here, json={"approach": "改"}), 428, "precondition_required")
    problem_of(captain.patch(here, json={"approach": "改"}, headers={"If-Match": '"1"'}), 412, "stale")
    revised = captain.patch(here, json={"approach": "改"}, headers={"If-Match": f'"{bid.version}"'}).json()
    assert (revised["approach"], revised["state"]) == ("改", "revised")
    assert revised["hours_per_week"] == bid.hours_per_week
    assert len(revised["plan"]) == len(bid.plan)
    for stranger in (market.partner_captain, market.other_engineer):
        refused = serving.client(stranger).patch(here, json={"approach": "x"}, headers={"If-Match": "*"})
        problem_of(refused, 404, "not_found")


def test_a_withdrawn_bid_is_gone_for_the_factory(serving: Serving) -> None:
    market = serving.market
    challenge = post_open(serving.store, market, serving.taxonomy)
    here = f"/api/v1/bids/{bid_of(serving.store, market.captain, market.team, challenge.id).id}"
    problem_of(serving.client(market.engineer).post(f"{here}/withdraw"), 403, "not_allowed")
    assert serving.client(market.captain).post(f"{here}/withdraw").json()["state"] == "withdrawn"
    problem_of(serving.client(market.engineer).get(here), 404, "not_found")
    problem_of(serving.client(market.engineer).post(f"{here}/award"), 404, "not_found")


def test_the_factory_shortlists_and_awards(serving: Serving) -> None:
    market = serving.market
    challenge = post_open(serving.store, market, serving.taxonomy)
    winner = bid_of(serving.store, market.captain, market.team, challenge.id)
    loser = bid_of(serving.store, market.partner_captain, market.partner_team, challenge.id)
    engineer = serving.client(market.engineer)
    problem_of(serving.client(market.captain).post(f"/api/v1/bids/{winner.id}/award"), 403, "not_allowed")
    assert engineer.post(f"/api/v1/bids/{winner.id}/shortlist").json()["state"] == "shortlisted"
    response = engineer.post(
        f"/api/v1/bids/{winner.id}/award", json={"feedback": {loser.id: "预算偏高。"}, "reserve": [loser.id]}
    )
    assert response.status_code == 201, response.text
    project = response.json()
    assert response.headers["location"] == f"/api/v1/projects/{project['id']}"
    assert project["state"] == "active"
    assert project["school_mentor"]["id"] == market.school_mentor.person_id
    assert project["enterprise_mentor"]["id"] == market.enterprise_mentor.person_id
    lost = serving.client(market.partner_captain).get(f"/api/v1/bids/{loser.id}").json()
    assert (lost["state"], lost["feedback"]) == ("reserved", "预算偏高。")
    problem_of(engineer.post(f"/api/v1/bids/{loser.id}/award"), 409, "wrong_state")


@pytest.mark.parametrize(
    ("award", "field"),
    [
        ({"school_mentor_id": NOBODY}, "school_mentor_id"),
        ({"reserve": [NOBODY]}, "reserve.0"),
        ({"feedback": {NOBODY: "x"}}, f"feedback.{NOBODY}"),
    ],
)
def test_an_award_that_names_nobody_changes_nothing(
    serving: Serving, award: dict[str, Any], field: str
) -> None:
    market = serving.market
    challenge = post_open(serving.store, market, serving.taxonomy)
    bid = bid_of(serving.store, market.captain, market.team, challenge.id)
    engineer = serving.client(market.engineer)
    refused = problem_of(engineer.post(f"/api/v1/bids/{bid.id}/award", json=award), 422, "not_found")
    assert refused["errors"][0]["field"] == field
    assert engineer.get(f"/api/v1/bids/{bid.id}").json()["state"] == "submitted"
    assert engineer.get(f"/api/v1/challenges/{challenge.id}").json()["state"] == "open"


def test_a_repeated_award_starts_one_project(serving: Serving) -> None:
    market = serving.market
    challenge = post_open(serving.store, market, serving.taxonomy)
    bid = bid_of(serving.store, market.captain, market.team, challenge.id)
    engineer = serving.client(market.engineer)
    key = {"Idempotency-Key": "award"}
    answers = [engineer.post(f"/api/v1/bids/{bid.id}/award", headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert engineer.get("/api/v1/projects").json()["total"] == 1


def test_a_challenge_whose_bids_do_not_fit_is_closed_and_its_bidders_read_why(serving: Serving) -> None:
    market = serving.market
    challenge = post_open(serving.store, market, serving.taxonomy)
    bid = bid_of(serving.store, market.captain, market.team, challenge.id)
    here, said = f"/api/v1/challenges/{challenge.id}/close", {"feedback": "都要停机一周，做不到。"}
    engineer = serving.client(market.engineer)
    problem_of(engineer.post(here, json=said), 409, "wrong_state")
    serving.clock.advance(challenge.brief.bids_close_at - serving.clock.now())
    with serving.store.begin() as work:
        close_bidding(work, challenge.id)
        work.commit()
    problem_of(serving.client(market.other_engineer).post(here, json=said), 403, "not_allowed")
    assert engineer.post(here, json=said).json()["state"] == "closed_unawarded"
    told = serving.client(market.captain).get(f"/api/v1/bids/{bid.id}").json()
    assert (told["state"], told["feedback"]) == ("declined", said["feedback"])
