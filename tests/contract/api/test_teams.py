"""Forming teams, changing them, and the skills of students."""

from typing import Any

from domain.organisations import Actor
from tests.serving import Serving, problem_of

TEAMS = "/api/v1/teams"
NOBODY = "00000000-0000-7000-8000-999999999999"


def join(serving: Serving, student: Actor, team_id: str) -> dict[str, Any]:
    """The team after the student has accepted its invitation."""
    path = f"{TEAMS}/{team_id}/invitations/{student.person_id}/accept"
    accepted = serving.client(student).post(path)
    assert accepted.status_code == 200, accepted.text
    joined: dict[str, Any] = accepted.json()
    return joined


def test_a_student_forms_a_team(serving: Serving) -> None:
    loner, member = serving.market.loner, serving.market.member
    client = serving.client(loner)
    response = client.post(
        TEAMS,
        json={
            "title": "新队",
            "member_ids": [member.person_id],
            "hours_per_week": 6,
            "school_mentor_id": serving.market.school_mentor.person_id,
        },
    )
    assert response.status_code == 201, response.text
    team = response.json()
    assert response.headers["location"] == f"{TEAMS}/{team['id']}"
    assert team["captain_id"] == loner.person_id
    assert ([m["id"] for m in team["members"]], team["skills"]) == ([loner.person_id], [])
    assert client.get(response.headers["location"]).json() == team
    joined = join(serving, member, team["id"])
    assert [m["id"] for m in joined["members"]] == [loner.person_id, member.person_id]
    assert {s["skill"]: s["certified"] for s in joined["skills"]}["vibration-analysis"] == 4


def test_an_invitation_is_seen_by_both_sides_and_answered_by_one(serving: Serving) -> None:
    market = serving.market
    captain, invited = serving.client(market.captain), serving.client(market.partner_captain)
    here, who = f"{TEAMS}/{market.team}", market.partner_captain.person_id
    ids = [market.captain.person_id, market.member.person_id, who]
    asking = captain.patch(here, json={"member_ids": ids}, headers={"If-Match": "*"}).json()
    assert asking["size"] == 2
    assert captain.get(f"{here}/invitations").json() == [{"student_id": who, "login": "partner-captain"}]
    problem_of(invited.get(f"{here}/invitations"), 403, "not_allowed")
    problem_of(captain.get(f"{TEAMS}/{NOBODY}/invitations"), 404, "not_found")
    (waiting,) = invited.get("/api/v1/invitations").json()
    assert (waiting["team_id"], waiting["title"], waiting["size"]) == (market.team, "示例一队", 2)
    assert invited.get(here).json()["members"] is None
    problem_of(captain.get(f"/api/v1/students/{who}"), 404, "not_found")
    problem_of(captain.post(f"{here}/invitations/{who}/accept"), 403, "not_allowed")
    problem_of(serving.client(market.member).delete(f"{here}/invitations/{who}"), 403, "not_allowed")
    assert invited.post(f"{here}/invitations/{who}/decline").status_code == 200
    problem_of(invited.post(f"{here}/invitations/{who}/accept"), 404, "not_found")
    assert invited.get("/api/v1/invitations").json() == []
    captain.patch(here, json={"member_ids": ids}, headers={"If-Match": "*"})
    assert captain.delete(f"{here}/invitations/{who}").status_code == 200
    problem_of(invited.post(f"{here}/invitations/{who}/accept"), 404, "not_found")


def test_a_member_leaves_and_a_captain_hands_over_first(serving: Serving) -> None:
    market = serving.market
    here = f"{TEAMS}/{market.team}"
    captain, member = serving.client(market.captain), serving.client(market.member)
    problem_of(captain.post(f"{here}/leave"), 409, "conflict")
    problem_of(serving.client(market.loner).post(f"{here}/leave"), 403, "not_allowed")
    stranger = {"captain_id": market.loner.person_id}
    problem_of(captain.patch(here, json=stranger, headers={"If-Match": "*"}), 422, "invalid")
    handed = {"captain_id": market.member.person_id}
    changed = captain.patch(here, json=handed, headers={"If-Match": "*"})
    assert changed.json()["captain_id"] == market.member.person_id
    assert captain.post(f"{here}/leave").status_code == 200
    assert [m["id"] for m in member.get(here).json()["members"]] == [market.member.person_id]


def test_what_cannot_be_a_team_is_refused(serving: Serving) -> None:
    client = serving.client(serving.market.loner)
    wanted: dict[str, Any] = {"title": "新队", "hours_per_week": 6}
    unknown = problem_of(client.post(TEAMS, json=wanted | {"member_ids": [NOBODY]}), 422, "not_found")
    assert unknown["errors"][0]["field"] == "member_ids.0"
    mentor = problem_of(client.post(TEAMS, json=wanted | {"school_mentor_id": NOBODY}), 422, "not_found")
    assert mentor["errors"][0]["field"] == "school_mentor_id"
    no_mentor = wanted | {"school_mentor_id": serving.market.captain.person_id}
    problem_of(client.post(TEAMS, json=no_mentor), 422, "not_found")
    elsewhere = wanted | {"school_mentor_id": serving.market.partner_mentor.person_id}
    refused = problem_of(client.post(TEAMS, json=elsewhere), 422, "mentor_elsewhere")
    assert refused["errors"][0]["field"] == "school_mentor_id"
    problem_of(serving.client(serving.market.engineer).post(TEAMS, json=wanted), 403, "not_allowed")


def test_a_mentor_of_another_school_is_refused_until_one_of_its_students_joins(serving: Serving) -> None:
    market = serving.market
    captain, here = serving.client(market.captain), f"{TEAMS}/{market.team}"
    partner = {"school_mentor_id": market.partner_mentor.person_id}
    for elsewhere in (partner, {"school_mentor_id": market.enterprise_mentor.person_id}):
        refused = captain.patch(here, json=elsewhere, headers={"If-Match": "*"})
        problem_of(refused, 422, "mentor_elsewhere")
    ids = [market.captain.person_id, market.member.person_id, market.partner_captain.person_id]
    asked = captain.patch(here, json={"member_ids": ids}, headers={"If-Match": "*"})
    assert asked.status_code == 200
    problem_of(captain.patch(here, json=partner, headers={"If-Match": "*"}), 422, "mentor_elsewhere")
    join(serving, market.partner_captain, market.team)
    joined = captain.patch(here, json=partner, headers={"If-Match": "*"})
    assert joined.json()["school_mentor_id"] == market.partner_mentor.person_id


def test_a_repeated_key_forms_one_team(serving: Serving) -> None:
    client = serving.client(serving.market.loner)
    wanted = {"title": "新队", "hours_per_week": 6}
    ids = {client.post(TEAMS, json=wanted, headers={"Idempotency-Key": "k"}).json()["id"] for _ in range(2)}
    assert len(ids) == 1
    assert client.get(TEAMS).json()["total"] == 2


def test_only_the_captain_changes_a_team_and_only_as_they_read_it(serving: Serving) -> None:
    here = f"{TEAMS}/{serving.market.team}"
    captain, member = serving.client(serving.market.captain), serving.client(serving.market.member)
    read = captain.get(here)
    problem_of(captain.patch(here, json={"title": "改名"}), 428, "precondition_required")
    if_match = {"If-Match": read.headers["etag"]}
    problem_of(member.patch(here, json={"title": "改名"}, headers=if_match), 403, "not_allowed")
    changed = captain.patch(here, json={"title": "改名", "locked": True}, headers=if_match)
    assert (changed.json()["title"], changed.json()["locked"]) == ("改名", True)
    problem_of(captain.patch(here, json={"title": "再改"}, headers=if_match), 412, "stale")
    locked = captain.patch(here, json={"member_ids": []}, headers={"If-Match": "*"})
    problem_of(locked, 409, "wrong_state")


def test_a_stranger_sees_a_team_without_its_people(serving: Serving) -> None:
    here = f"{TEAMS}/{serving.market.team}"
    seen = serving.client(serving.market.other_engineer).get(here).json()
    assert (seen["members"], seen["captain_id"], seen["school_mentor_id"]) == (None, None, None)
    assert seen["size"] == 2
    problem_of(serving.client().get(here), 401, "not_signed_in")
    problem_of(serving.client(serving.market.captain).get(f"{TEAMS}/{NOBODY}"), 404, "not_found")


def test_everybody_lists_the_teams_of_their_circle(serving: Serving) -> None:
    def listed(who: str) -> set[str]:
        page = serving.client(getattr(serving.market, who)).get(TEAMS).json()
        assert page["total"] == len(page["items"])
        return {team["id"] for team in page["items"]}

    team, partner = serving.market.team, serving.market.partner_team
    assert listed("captain") == listed("school_mentor") == {team}
    assert listed("partner_captain") == {partner}
    assert listed("administrator") == {team, partner}
    assert listed("engineer") == set()


def test_a_list_goes_on_behind_its_cursor(serving: Serving) -> None:
    client = serving.client(serving.market.administrator)
    first = client.get(TEAMS, params={"limit": 1}).json()
    rest = client.get(TEAMS, params={"limit": 1, "cursor": first["next_cursor"]}).json()
    ids = [team["id"] for team in first["items"] + rest["items"]]
    assert ids == [serving.market.partner_team, serving.market.team]
    problem_of(client.get(TEAMS, params={"cursor": "forged"}), 422, "invalid_cursor")


def test_a_student_says_what_they_can_do(serving: Serving) -> None:
    student = serving.market.member
    here = f"/api/v1/students/{student.person_id}"
    client = serving.client(student)
    rated = client.put(f"{here}/skills", json={"skills": {"python": 4, "vibration-analysis": 2}})
    held = {s["skill"]: (s["level"], s["certified"]) for s in rated.json()["skills"]}
    assert held == {"python": (4, False), "vibration-analysis": (4, True)}
    team = client.get(f"{TEAMS}/{serving.market.team}").json()
    assert {s["skill"]: s["self_rated"] for s in team["skills"]}["python"] == 4


def test_unknown_skills_and_levels_are_named(serving: Serving) -> None:
    client = serving.client(serving.market.member)
    here = f"/api/v1/students/{serving.market.member.person_id}/skills"
    problem = problem_of(client.put(here, json={"skills": {"no-such-skill": 1}}), 422, "unknown_skill")
    assert problem["errors"][0]["field"] == "skills.no-such-skill"
    for wrong in ({"python": 0}, {"python": 6}, {"python": "3"}, {"Not a code": 1}):
        assert client.put(here, json={"skills": wrong}).status_code == 422


def test_students_are_known_to_their_school_and_their_mates(serving: Serving) -> None:
    market = serving.market
    here = f"/api/v1/students/{market.captain.person_id}"
    for known in (market.captain, market.member, market.loner, market.school_admin, market.administrator):
        assert serving.client(known).get(here).status_code == 200
    for stranger in (market.engineer, market.partner_captain, market.partner_mentor):
        problem_of(serving.client(stranger).get(here), 404, "not_found")
        rated = serving.client(stranger).put(f"{here}/skills", json={"skills": {}})
        problem_of(rated, 404, "not_found")
    problem_of(serving.client(market.member).put(f"{here}/skills", json={"skills": {}}), 403, "not_allowed")


def test_a_mentor_of_the_school_certifies(serving: Serving) -> None:
    market = serving.market
    here = f"/api/v1/students/{market.captain.person_id}/certifications"
    wanted = {"skill": "plc-programming", "level": 4}
    problem_of(serving.client(market.member).post(here, json=wanted), 403, "not_allowed")
    problem_of(serving.client(market.partner_mentor).post(here, json=wanted), 404, "not_found")
    certified = serving.client(market.school_mentor).post(here, json=wanted).json()
    skill = next(s for s in certified["skills"] if s["skill"] == "plc-programming")
    assert (skill["level"], skill["certified"]) == (4, True)
