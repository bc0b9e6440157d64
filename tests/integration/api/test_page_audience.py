"""Nothing that a reader may not see appears on any page, and nobody does what is not theirs to do."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from domain.audience import Confidentiality
from domain.challenges import Challenge
from domain.organisations import Actor
from domain.use_cases.challenges import PostChallenge, post_challenge
from tests.market import bid_of, brief, post_open, running_project
from tests.serving import Serving

HTML = {"Accept": "text/html"}
SECRET = "轴承型号 6208"


def read(client: TestClient, path: str, status: int = 200) -> str:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.text


@pytest.fixture
def hidden(serving: Serving) -> Challenge:
    """A confidential challenge that is open."""
    changes = {"confidentiality": Confidentiality.NDA, "text": SECRET, "title": "主轴异响"}
    challenge = post_open(serving.store, serving.market, serving.taxonomy, **changes)
    serving.settle()
    return challenge


@pytest.fixture
def draft(serving: Serving) -> Challenge:
    """A draft of the factory."""
    with serving.store.begin() as work:
        closes = datetime.now(UTC) + timedelta(days=9)
        command = PostChallenge(brief(closes, title="还没发的难题"))
        challenge = post_challenge(work, serving.market.engineer, command, serving.taxonomy)
        work.commit()
    serving.settle()
    return challenge


def test_a_confidential_brief_opens_with_its_terms_and_no_earlier(
    serving: Serving, hidden: Challenge
) -> None:
    path = f"/challenges/{hidden.id}"
    anyone = serving.client()
    read(anyone, path, 404)
    assert "主轴异响" not in read(anyone, "/")
    assert "主轴异响" not in read(anyone, "/feed")
    assert hidden.id not in anyone.get("/suggest?q=主轴", headers=HTML).text

    captain = serving.client(serving.market.captain)
    for page in (path, f"{path}/matches", f"{path}/history", f"{path}/bid", "/", "/team"):
        text = read(captain, page)
        assert SECRET not in text, page
        assert "CNC-07" not in text, page
    assert "Accept the terms" in read(captain, path)

    stale = captain.post(f"{path}/terms", data={"terms": "another:1", "accept": "1"}, headers=HTML)
    assert stale.status_code == 409
    assert "The terms have changed." in stale.text
    assert SECRET not in read(captain, path)
    accepted = captain.post(f"{path}/terms", data={"terms": hidden.terms, "accept": "1"}, headers=HTML)
    assert SECRET in accepted.text
    assert SECRET in read(captain, f"{path}/bid")
    assert SECRET not in read(serving.client(serving.market.partner_captain), path)


def test_a_draft_is_for_its_factory_alone(serving: Serving, draft: Challenge) -> None:
    path = f"/challenges/{draft.id}"
    for actor in (None, serving.market.captain, serving.market.other_engineer):
        client = serving.client(actor)
        for page in (path, f"{path}/history", f"{path}/header", f"{path}/matches"):
            if actor is not None or not page.endswith("matches"):
                read(client, page, 404)
        assert "还没发的难题" not in read(client, "/")
    other = serving.client(serving.market.other_engineer)
    read(other, f"{path}/edit", 404)
    for step in ("submit", "publish", "return", "cancel"):
        assert other.post(f"{path}/{step}", data={"sure": "1"}, headers=HTML).status_code == 404
    assert "还没发的难题" in read(serving.client(serving.market.engineer), "/mine")


def test_bids_are_for_the_factory_and_the_team_that_sent_them(serving: Serving) -> None:
    market = serving.market
    challenge = post_open(serving.store, market, serving.taxonomy)
    bid = bid_of(serving.store, market.captain, market.team, challenge.id)
    serving.settle()
    path = f"/challenges/{challenge.id}"
    read(serving.client(market.engineer), f"{path}/bids")
    for actor in (market.captain, market.other_engineer, market.partner_captain):
        read(serving.client(actor), f"{path}/bids", 403)
    rival = serving.client(market.partner_captain)
    assert "has bid" not in read(rival, f"{path}/matches")
    assert rival.post(f"/bids/{bid.id}/withdraw", data={"sure": "1"}, headers=HTML).status_code == 404
    read(rival, f"/bids/{bid.id}/award", 404)
    award = serving.client(market.captain).post(f"/bids/{bid.id}/award", headers=HTML)
    assert award.status_code in (403, 422)
    assert "has bid" in read(serving.client(market.engineer), f"{path}/matches")


def test_the_factorys_mentors_do_not_choose_among_its_bids(serving: Serving) -> None:
    market = serving.market
    challenge = post_open(serving.store, market, serving.taxonomy)
    bid = bid_of(serving.store, market.captain, market.team, challenge.id)
    serving.settle()
    mentor = serving.client(market.enterprise_mentor)
    read(mentor, f"/challenges/{challenge.id}/bids", 403)
    read(mentor, f"/bids/{bid.id}/award", 404)
    assert mentor.get(f"/api/v1/bids/{bid.id}").status_code == 404
    assert "has bid" not in read(mentor, f"/challenges/{challenge.id}/matches")


def test_a_withdrawn_bid_is_gone_for_the_factory(serving: Serving) -> None:
    market = serving.market
    challenge = post_open(serving.store, market, serving.taxonomy)
    bid = bid_of(serving.store, market.captain, market.team, challenge.id)
    serving.settle()
    engineer = serving.client(market.engineer)
    read(engineer, f"/bids/{bid.id}/award")
    serving.client(market.captain).post(f"/bids/{bid.id}/withdraw", data={"sure": "1"}, headers=HTML)
    read(engineer, f"/bids/{bid.id}/award", 404)
    for step in ("shortlist", "award", "withdraw"):
        sent = {"school_mentor_id": "x", "enterprise_mentor_id": "y", "sure": "1"}
        assert engineer.post(f"/bids/{bid.id}/{step}", data=sent, headers=HTML).status_code == 404, step


def test_a_page_names_no_mentor_and_no_school_that_a_program_may_not(serving: Serving) -> None:
    market = serving.market
    posted = {
        "title": "T",
        "industry": "machining",
        "city": "苏州",
        "bids_close_at": "2030-01-01T18:00",
        "do": "draft",
    }
    engineer = serving.client(market.engineer)
    for wrong in (
        {"enterprise_mentor_id": market.school_mentor.person_id},
        {"enterprise_mentor_id": "nobody"},
        {"eligible_schools": market.factory},
    ):
        assert engineer.post("/post", data=posted | wrong, headers=HTML).status_code == 422
    fine = {"enterprise_mentor_id": market.enterprise_mentor.person_id, "eligible_schools": market.school}
    assert engineer.post("/post", data=posted | fine, headers=HTML).status_code == 200
    team = {"title": "T", "hours_per_week": "8", "school_mentor_id": market.partner_mentor.person_id}
    refused = serving.client(market.loner).post("/team", data=team, headers=HTML)
    assert refused.status_code == 422
    assert 'id="school_mentor_id-error"' in refused.text


def test_members_are_named_to_those_who_may_know_them(serving: Serving) -> None:
    market = serving.market
    challenge = post_open(serving.store, market, serving.taxonomy)
    serving.settle()
    page = f"/challenges/{challenge.id}/matches/{market.team}"
    for actor in (market.engineer, market.captain, market.school_mentor):
        assert "</span> Member</td>" in read(serving.client(actor), page)
    rival = read(serving.client(market.partner_captain), page)
    assert "</span> Member</td>" not in rival
    assert "a member" in rival


def test_a_project_is_for_those_who_have_a_part(serving: Serving) -> None:
    market = serving.market
    project = running_project(serving.store, market, serving.taxonomy)
    serving.settle()
    path = f"/projects/{project.id}"
    inside: list[Actor] = [
        market.captain,
        market.member,
        market.engineer,
        market.school_mentor,
        market.enterprise_mentor,
        market.school_admin,
        market.administrator,
    ]
    for actor in inside:
        read(serving.client(actor), path)
    for actor in (market.partner_captain, market.partner_mentor, market.other_engineer, market.loner):
        client = serving.client(actor)
        read(client, path, 404)
        step = f"{path}/milestones/{project.milestones[0].id}"
        assert client.post(f"{step}/submit", data={"note": "x"}, headers=HTML).status_code == 404
        assert (
            client.post(f"{step}/sign", data={"first": "1", "second": "1"}, headers=HTML).status_code == 404
        )


def test_nobody_signs_without_vouching_or_for_the_other(serving: Serving) -> None:
    market = serving.market
    project = running_project(serving.store, market, serving.taxonomy)
    serving.settle()
    step = f"/projects/{project.id}/milestones/{project.milestones[0].id}"
    captain, mentor = serving.client(market.captain), serving.client(market.school_mentor)
    assert captain.post(f"{step}/submit", data={"note": " "}, headers=HTML).status_code == 422
    assert captain.post(f"{step}/submit", data={"note": "done"}, headers=HTML).status_code == 200
    vouched = {"first": "1", "second": "1"}
    assert captain.post(f"{step}/sign", data=vouched, headers=HTML).status_code == 422
    assert mentor.post(f"{step}/sign", data={"first": "1"}, headers=HTML).status_code == 422
    assert mentor.post(f"{step}/return", data={"reason": ""}, headers=HTML).status_code == 422
    assert "Signed." in mentor.post(f"{step}/sign", data=vouched, headers=HTML).text
    again = mentor.post(f"{step}/sign", data=vouched, headers=HTML)
    assert again.status_code == 422
    assert "Your side has signed already." in again.text


def test_a_stale_change_is_refused_and_nothing_typed_is_lost(serving: Serving, draft: Challenge) -> None:
    engineer = serving.client(serving.market.engineer)
    path = f"/challenges/{draft.id}/edit"
    fields = {
        "title": "改过的题目",
        "industry": "machining",
        "city": "苏州",
        "bids_close_at": "2030-01-01T18:00",
        "do": "draft",
    }
    stale = engineer.post(path, data={**fields, "version": "7"}, headers=HTML)
    assert stale.status_code == 422
    assert "Somebody changed this notice" in stale.text
    assert "改过的题目" in stale.text
    kept = engineer.post(path, data={**fields, "version": str(draft.version)}, headers=HTML)
    assert kept.url.path == f"/challenges/{draft.id}"
    assert "改过的题目" in kept.text


def test_a_form_that_lacks_something_says_what_at_its_field(serving: Serving) -> None:
    engineer = serving.client(serving.market.engineer)
    sent = {"do": "review", "kpi_baseline": "six", "reward_cny": "-1", "bids_close_at": "soon"}
    answer = engineer.post("/post", data=sent, headers=HTML)
    assert answer.status_code == 422
    for sentence in ("This cannot be empty.", "Give a number, such as 6.4.", "Give a day and a time."):
        assert sentence in answer.text


def test_an_error_is_a_page_in_the_readers_language(serving: Serving) -> None:
    client = serving.client()
    client.cookies.set("lang", "zh")
    text = read(client, "/nowhere", 404)
    assert "没有找到" in text
    assert '<html lang="zh-CN"' in text
    assert client.get("/nowhere", headers={"Accept": "application/json"}).headers["content-type"] == (
        "application/problem+json"
    )
    refused = client.post("/preferences", headers={**HTML, "Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert "<h1" in refused.text


def test_files_of_a_step_are_added_and_shown_to_those_who_have_a_part(serving: Serving) -> None:
    market = serving.market
    project = running_project(serving.store, market, serving.taxonomy)
    serving.settle()
    step = f"/projects/{project.id}/milestones/{project.milestones[0].id}"
    captain = serving.client(market.captain)
    assert captain.post(f"{step}/files", headers=HTML).status_code == 422
    wrong = captain.post(f"{step}/files", files={"file": ("x.exe", b"MZ\x90\x00\x03")}, headers=HTML)
    assert wrong.status_code == 422
    assert "You can send" in wrong.text
    added = captain.post(f"{step}/files", files={"file": ("measured.csv", b"t,mm/s\n0,4.5\n")}, headers=HTML)
    assert "File added." in added.text
    assert "measured.csv" in read(serving.client(market.enterprise_mentor), step)
    outside = serving.client(market.partner_captain)
    assert outside.post(f"{step}/files", files={"file": ("a.txt", b"x")}, headers=HTML).status_code == 404


def test_an_address_that_cannot_be_right_is_not_found(serving: Serving) -> None:
    client = serving.client(serving.market.captain)
    for path in ("/challenges/1", "/challenges/%00", "/projects/x", "/inbox/0", "/skills/nothing"):
        assert client.get(path, headers=HTML).status_code in (404, 422), path
    read(client, "/challenges/J-0001", 404)
