"""Organisations and people over REST: who may register whom, and what they then can do."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from api.shield import SESSION_COOKIE
from api.sign_in import SIGN_IN
from infra.tables.log import idempotency_keys, outbox
from tests.serving import Serving, problem_of

ORGANISATIONS, PEOPLE = "/api/v1/organisations", "/api/v1/people"
NOBODY = "01977d3e-5c1a-7000-8000-0242ac120002"
PLANT: dict[str, Any] = {
    "kind": "factory",
    "name_zh": "测试三厂",
    "name_en": "Test Plant 3",
    "city": "常州",
    "province": "江苏",
}
PERSON: dict[str, Any] = {"login": "han.mei", "name_zh": "韩梅", "name_en": "Han Mei", "roles": ["engineer"]}


def person(organisation_id: str, **changes: Any) -> dict[str, Any]:
    return PERSON | {"organisation_id": organisation_id} | changes


def signs_in(serving: Serving, login: str, password: str) -> bool:
    client = serving.client()
    client.post(SIGN_IN, data={"login": login, "password": password}, follow_redirects=False)
    return SESSION_COOKIE in client.cookies


def log_of(serving: Serving) -> str:
    with serving.services.database.read() as connection:
        return "".join(str(row) for row in connection.execute(select(outbox)))


def test_a_factory_takes_part_and_posts(serving: Serving) -> None:
    administrator = serving.client(serving.market.administrator)
    made = administrator.post(ORGANISATIONS, json=PLANT)
    assert made.status_code == 201, made.text
    plant = made.json()
    assert plant.items() >= PLANT.items()
    assert administrator.get(made.headers["location"]).json() == plant
    answer = administrator.post(PEOPLE, json=person(plant["id"], roles=["factory_admin", "engineer"]))
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    first = answer.json()
    assert first["roles"] == ["engineer", "factory_admin"]
    assert signs_in(serving, "han.mei", first["initial_password"])
    read = administrator.get(answer.headers["location"])
    assert read.json() == {name: value for name, value in first.items() if name != "initial_password"}
    told = log_of(serving)
    for secret in ("han.mei", "韩梅", "测试三厂", first["initial_password"]):
        assert secret not in told


def test_a_student_is_enrolled(serving: Serving) -> None:
    market = serving.market
    school_admin = serving.client(market.school_admin)
    wanted = person(market.school, login="20260301", roles=["student"], password="bearings sing at dawn")
    answer = school_admin.post(PEOPLE, json=wanted)
    assert answer.status_code == 201, answer.text
    assert answer.json()["initial_password"] is None
    assert signs_in(serving, "20260301", "bearings sing at dawn")
    student = school_admin.get(f"/api/v1/students/{answer.json()['id']}")
    assert student.json()["school"]["id"] == market.school
    assert student.json()["skills"] == []


def test_a_mentor_has_a_capacity(serving: Serving) -> None:
    client = serving.client(serving.market.school_admin)
    wanted = person(serving.market.school, roles=["mentor"])
    for capacity, roles in ((0, ["mentor"]), (3, ["school_admin"])):
        refused = client.post(PEOPLE, json=wanted | {"capacity": capacity, "roles": roles})
        assert problem_of(refused, 422, "invalid")["errors"][0]["field"] == "capacity"
    assert client.post(PEOPLE, json=wanted | {"capacity": 3}).json()["capacity"] == 3


@pytest.mark.parametrize(
    ("who", "organisation", "roles", "status"),
    [
        ("engineer", "factory", ["engineer"], 403),
        ("captain", "school", ["student"], 403),
        ("school_mentor", "school", ["student"], 403),
        ("approver", "factory", ["engineer"], 201),
        ("approver", "other_factory", ["engineer"], 403),
        ("approver", "school", ["student"], 403),
        ("approver", "factory", ["administrator"], 403),
        ("approver", "factory", ["student"], 422),
        ("school_admin", "school", ["school_admin"], 201),
        ("school_admin", "partner_school", ["student"], 403),
        ("school_admin", "school", ["student", "administrator"], 403),
        ("school_admin", "school", ["engineer"], 422),
        ("administrator", "factory", ["administrator"], 201),
        ("administrator", "partner_school", ["student"], 201),
        ("administrator", "school", ["factory_admin"], 422),
    ],
)
def test_who_registers_whom(
    serving: Serving, who: str, organisation: str, roles: list[str], status: int
) -> None:
    market = serving.market
    actor, where = getattr(market, who), getattr(market, organisation)
    client = serving.client(actor)
    answer = client.post(PEOPLE, json=person(where, roles=roles))
    assert answer.status_code == status, answer.text
    administrator = serving.client(market.administrator)
    everybody = administrator.get(PEOPLE, params={"organisation_id": where, "limit": 100}).json()
    assert everybody["total"] == len(everybody["items"])
    assert ("han.mei" in {one["login"] for one in everybody["items"]}) is (status == 201)


def test_nobody_else_sees_people_or_registers_organisations(serving: Serving) -> None:
    market = serving.market
    captain, approver = serving.client(market.captain), serving.client(market.approver)
    problem_of(serving.client().post(PEOPLE, json=person(market.factory)), 401, "not_signed_in")
    problem_of(serving.client().get(ORGANISATIONS), 401, "not_signed_in")
    problem_of(captain.get(PEOPLE), 403, "not_allowed")
    problem_of(captain.get(f"{PEOPLE}/{market.captain.person_id}"), 404, "not_found")
    problem_of(approver.get(f"{PEOPLE}/{market.captain.person_id}"), 404, "not_found")
    problem_of(approver.get(PEOPLE, params={"organisation_id": market.school}), 403, "not_allowed")
    for client in (captain, approver, serving.client(market.school_admin)):
        problem_of(client.post(ORGANISATIONS, json=PLANT), 403, "not_allowed")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"login": "Han Mei"}, "invalid", "login"),
        ({"login": "韩梅"}, "invalid", "login"),
        ({"name_zh": " "}, "invalid", "name_zh"),
        ({"name_en": "a" * 101}, "invalid", "name_en"),
        ({"roles": []}, "invalid", "roles"),
        ({"roles": ["captain"]}, "invalid", "roles.0"),
        ({"password": "han.mei1"}, "weak_password", "password"),
        ({"password": "password123"}, "weak_password", "password"),
        ({"organisation_id": NOBODY}, "not_found", "organisation_id"),
    ],
)
def test_what_is_refused_names_the_field(
    serving: Serving, changes: dict[str, Any], code: str, field: str
) -> None:
    client = serving.client(serving.market.administrator)
    refused = problem_of(client.post(PEOPLE, json=person(serving.market.factory) | changes), 422, code)
    assert [error["field"] for error in refused["errors"]] == [field]


def test_a_login_is_given_once(serving: Serving) -> None:
    wanted = person(serving.market.factory)
    barrier = Barrier(4)

    def send(_: int) -> int:
        client = serving.client(serving.market.administrator)
        barrier.wait()
        return client.post(PEOPLE, json=wanted).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(4))) == [201, 409, 409, 409]
    again = serving.client(serving.market.administrator).post(PEOPLE, json=wanted)
    assert problem_of(again, 409, "login_taken")["errors"][0]["field"] == "login"


@pytest.mark.parametrize("password", [None, "bearings sing at dawn"])
def test_a_repetition_is_safe_and_no_password_is_kept(serving: Serving, password: str | None) -> None:
    client = serving.client(serving.market.administrator, **{"Idempotency-Key": "form"})
    wanted = person(serving.market.factory) | ({"password": password} if password else {})
    first, again = client.post(PEOPLE, json=wanted), client.post(PEOPLE, json=wanted)
    assert again.status_code == first.status_code == 201
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json() | {"initial_password": None}
    with serving.services.database.read() as connection:
        kept = connection.execute(select(idempotency_keys)).one()
    assert (first.json()["initial_password"] or str(password)).encode() not in kept.body
    problem_of(client.post(PEOPLE, json=wanted | {"name_zh": "韩梅梅"}), 422, "key_reused")


def test_an_organisation_is_renamed_by_its_own(serving: Serving) -> None:
    market = serving.market
    path = f"{ORGANISATIONS}/{market.factory}"
    approver = serving.client(market.approver)
    before = approver.get(path)
    etag = {"If-Match": before.headers["etag"]}
    problem_of(
        serving.client(market.engineer).patch(path, json={"name_zh": "新厂"}, headers=etag),
        403,
        "not_allowed",
    )
    problem_of(
        serving.client(market.school_admin).patch(path, json={"name_zh": "新厂"}, headers=etag),
        403,
        "not_allowed",
    )
    problem_of(approver.patch(path, json={"name_zh": "新厂"}), 428, "precondition_required")
    renamed = approver.patch(path, json={"name_zh": "新厂"}, headers=etag)
    assert renamed.status_code == 200, renamed.text
    assert renamed.json() == before.json() | {"name_zh": "新厂", "version": before.json()["version"] + 1}
    problem_of(approver.patch(path, json={"name_zh": "旧厂"}, headers=etag), 412, "stale")


def test_organisations_are_listed_page_by_page(serving: Serving) -> None:
    client = serving.client(serving.market.captain)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get(ORGANISATIONS, params={"kind": "factory", "limit": 1, **cursor}).json()
        seen += [one["id"] for one in page["items"]]
        assert page["total"] == 2
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert set(seen) == {serving.market.factory, serving.market.other_factory}
    problem_of(client.get(f"{ORGANISATIONS}/{NOBODY}"), 404, "not_found")
