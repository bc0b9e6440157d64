"""Seeing a project through over REST."""

from tests.market import running_project
from tests.serving import Serving, problem_of

NOBODY = "00000000-0000-7000-8000-999999999999"


def test_from_the_first_submission_to_the_acceptance(serving: Serving) -> None:
    market = serving.market
    project = running_project(serving.store, market, serving.taxonomy)
    here = f"/api/v1/projects/{project.id}"
    member = serving.client(market.member)
    school, enterprise = serving.client(market.school_mentor), serving.client(market.enterprise_mentor)
    for milestone in project.milestones:
        step = f"{here}/milestones/{milestone.id}"
        problem_of(school.post(f"{step}/sign"), 409, "wrong_state")
        assert member.post(f"{step}/submit", json={"note": "已完成"}).status_code == 200
        assert school.get(f"{here}/progress").json()["waits_for_school"] is True
        assert school.post(f"{step}/sign").status_code == 200
        problem_of(school.post(f"{step}/sign"), 409, "wrong_state")
        assert school.get(f"{here}/progress").json()["waits_for_school"] is False
        assert enterprise.post(f"{step}/sign").status_code == 200
    progress = member.get(f"{here}/progress").json()
    assert (progress["percent"], progress["state"], progress["health"]) == (100, "delivered", "ok")
    problem_of(member.post(f"{here}/accept"), 403, "not_allowed")
    assert serving.client(market.engineer).post(f"{here}/accept").json()["state"] == "accepted"
    challenge = serving.client().get(f"/api/v1/challenges/{project.challenge_id}").json()
    assert challenge["state"] == "accepted"


def test_a_milestone_goes_back_with_a_reason(serving: Serving) -> None:
    market = serving.market
    project = running_project(serving.store, market, serving.taxonomy)
    step = f"/api/v1/projects/{project.id}/milestones/{project.milestones[0].id}"
    serving.client(market.captain).post(f"{step}/submit", json={})
    serving.client(market.school_mentor).post(f"{step}/sign")
    enterprise = serving.client(market.enterprise_mentor)
    assert enterprise.post(f"{step}/return", json={"reason": ""}).status_code == 422
    returned = enterprise.post(f"{step}/return", json={"reason": "缺少夜班的数据。"}).json()
    milestone = returned["milestones"][0]
    assert (milestone["state"], milestone["returned_reason"]) == ("returned", "缺少夜班的数据。")
    assert milestone["school_signed_at"] is None


def test_each_does_their_own_part(serving: Serving) -> None:
    market = serving.market
    project = running_project(serving.store, market, serving.taxonomy)
    step = f"/api/v1/projects/{project.id}/milestones/{project.milestones[0].id}"
    problem_of(serving.client(market.engineer).post(f"{step}/submit", json={}), 403, "not_allowed")
    serving.client(market.captain).post(f"{step}/submit", json={})
    problem_of(serving.client(market.captain).post(f"{step}/sign"), 403, "not_allowed")
    returned = serving.client(market.engineer).post(f"{step}/return", json={"reason": "x"})
    problem_of(returned, 403, "not_allowed")
    elsewhere = f"/api/v1/projects/{project.id}/milestones/{NOBODY}"
    problem_of(serving.client(market.captain).post(f"{elsewhere}/submit", json={}), 404, "not_found")


def test_a_project_is_for_those_who_have_a_part_in_it(serving: Serving) -> None:
    market = serving.market
    project = running_project(serving.store, market, serving.taxonomy)
    here = f"/api/v1/projects/{project.id}"
    step = f"{here}/milestones/{project.milestones[0].id}"
    for known in ("captain", "member", "school_mentor", "enterprise_mentor", "engineer", "school_admin"):
        client = serving.client(getattr(market, known))
        assert client.get(here).status_code == 200
        assert [line["id"] for line in client.get("/api/v1/projects").json()["items"]] == [project.id]
    for unknown in ("partner_captain", "partner_mentor", "other_engineer", "loner"):
        client = serving.client(getattr(market, unknown))
        assert client.get("/api/v1/projects").json()["items"] == []
        for path in (here, f"{here}/progress"):
            problem_of(client.get(path), 404, "not_found")
        for path in (f"{here}/accept", f"{step}/sign"):
            problem_of(client.post(path), 404, "not_found")
        problem_of(client.post(f"{step}/submit", json={}), 404, "not_found")
        problem_of(client.post(f"{step}/return", json={"reason": "x"}), 404, "not_found")


def test_the_list_goes_on_behind_its_cursor(serving: Serving) -> None:
    market = serving.market
    made = [running_project(serving.store, market, serving.taxonomy).id for _ in range(3)]
    client = serving.client(market.engineer)
    found, cursor = [], ""
    for _ in range(3):
        page = client.get("/api/v1/projects", params={"limit": 1} | ({"cursor": cursor} if cursor else {}))
        found += [line["id"] for line in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        assert page.json()["total"] == 3
    assert sorted(found) == sorted(made)


def test_the_answer_carries_the_version(serving: Serving) -> None:
    project = running_project(serving.store, serving.market, serving.taxonomy)
    read = serving.client(serving.market.captain).get(f"/api/v1/projects/{project.id}")
    assert read.headers["etag"] == f'"{read.json()["version"]}"'


def test_a_project_is_stopped_with_a_reason_by_who_answers_for_it(serving: Serving) -> None:
    market = serving.market
    project = running_project(serving.store, market, serving.taxonomy)
    here = f"/api/v1/projects/{project.id}"
    reason = {"reason": "产线停了，数据采不到。"}
    problem_of(serving.client(market.other_engineer).post(f"{here}/stop", json=reason), 404, "not_found")
    problem_of(serving.client(market.engineer).post(f"{here}/stop", json=reason), 403, "not_allowed")
    assert serving.client(market.approver).post(f"{here}/stop", json={"reason": ""}).status_code == 422
    stopped = serving.client(market.school_admin).post(f"{here}/stop", json=reason).json()
    assert (stopped["state"], stopped["stopped_reason"]) == ("stopped", reason["reason"])
    assert serving.client(market.captain).get(here).json()["stopped_reason"] == reason["reason"]
    problem_of(serving.client(market.approver).post(f"{here}/stop", json=reason), 409, "wrong_state")
    challenge = serving.client().get(f"/api/v1/challenges/{project.challenge_id}").json()
    assert challenge["state"] == "cancelled"
