"""Signing in with a password, and being signed out."""

import pytest

from api.shield import SESSION_COOKIE
from infra.accounts import set_password
from infra.sessions import SESSION_LIFETIME
from tests.serving import PASSWORD, Serving, problem_of

SIGN_IN = "/sign-in"


def form(login: str = "captain", password: str = PASSWORD, then: str = "/") -> dict[str, str]:
    return {"login": login, "password": password, "next": then}


def refused_with(serving: Serving, cookies: dict[str, str]) -> None:
    """Somebody who has kept the cookie is nobody."""
    client = serving.client()
    client.cookies.update(cookies)
    problem_of(client.get("/api/v1/me"), 401, "not_signed_in")


def test_a_session_lasts_until_it_expires(serving: Serving) -> None:
    client = serving.client()
    assert client.post(SIGN_IN, data=form(), follow_redirects=False).status_code == 303
    assert client.get("/api/v1/me").json()["login"] == "captain"
    serving.clock.advance(SESSION_LIFETIME)
    problem_of(client.get("/api/v1/me"), 401, "not_signed_in")


def test_signing_out_ends_the_session_itself(serving: Serving) -> None:
    client = serving.client()
    client.post(SIGN_IN, data=form(), follow_redirects=False)
    stolen = dict(client.cookies)
    client.post("/sign-out", follow_redirects=False)
    problem_of(client.get("/api/v1/me"), 401, "not_signed_in")
    refused_with(serving, stolen)


@pytest.mark.parametrize(
    ("login", "password"), [("captain", "wrong"), ("nobody", PASSWORD), ("a\0b", PASSWORD), ("captain", " ")]
)
def test_a_wrong_password_and_a_wrong_login_are_the_same(serving: Serving, login: str, password: str) -> None:
    problem_of(serving.client().post(SIGN_IN, data=form(login, password)), 401, "sign_in_failed")


def test_a_browser_comes_back_to_the_form(serving: Serving) -> None:
    client = serving.client(accept="text/html")
    response = client.post(SIGN_IN, data=form(password="wrong", then="/x"), follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"] == "/sign-in?failed=1&next=%2Fx"


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/challenges?q=1", "/challenges?q=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\r\nset-cookie: a=b", "/"),
    ],
)
def test_signing_in_leads_nowhere_else(serving: Serving, wanted: str, leads_to: str) -> None:
    response = serving.client().post(SIGN_IN, data=form(then=wanted), follow_redirects=False)
    assert response.headers["location"] == leads_to


def test_another_password_ends_every_session(serving: Serving) -> None:
    captain, engineer = serving.client(), serving.client()
    captain.post(SIGN_IN, data=form(), follow_redirects=False)
    engineer.post(SIGN_IN, data=form("engineer"), follow_redirects=False)
    with serving.services.database.write() as connection:
        hashed = serving.services.passwords.hash("another horse")
        set_password(connection, serving.market.captain.person_id, hashed)
        connection.commit()
    refused_with(serving, dict(captain.cookies))
    assert engineer.get("/api/v1/me").json()["login"] == "engineer"
    client = serving.client()
    problem_of(client.post(SIGN_IN, data=form()), 401, "sign_in_failed")
    assert (
        client.post(SIGN_IN, data=form(password="another horse"), follow_redirects=False).status_code == 303
    )


def test_a_session_that_somebody_else_chose_is_never_taken_up(serving: Serving) -> None:
    client = serving.client()
    client.cookies.set(SESSION_COOKIE, "chosen")
    response = client.post(SIGN_IN, data=form(), follow_redirects=False)
    assert SESSION_COOKIE in response.headers["set-cookie"]
    refused_with(serving, {SESSION_COOKIE: "chosen"})


def test_signing_in_again_replaces_the_session(serving: Serving) -> None:
    client = serving.client()
    client.post(SIGN_IN, data=form(), follow_redirects=False)
    former = dict(client.cookies)
    client.post(SIGN_IN, data=form("engineer"), follow_redirects=False)
    assert client.get("/api/v1/me").json()["login"] == "engineer"
    refused_with(serving, former)
