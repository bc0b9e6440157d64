"""What is refused before a route: strange hosts, other sites' pages, haste and size."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.shield import SESSION_COOKIE
from infra.settings import Settings
from tests.serving import PASSWORD, Serving, problem_of


def over(serving: Serving, **changed: object) -> Serving:
    """The same with other settings."""
    settings = Settings(**{**serving.services.settings.model_dump(), **changed})
    return replace(serving, app=create_app(replace(serving.services, settings=settings)))


def browser(serving: Serving, login: str = "captain") -> TestClient:
    """A browser in which somebody has signed in."""
    client = serving.client(accept="text/html")
    signed_in = client.post("/sign-in", data={"login": login, "password": PASSWORD}, follow_redirects=False)
    assert signed_in.status_code == 303
    return client


def test_every_answer_keeps_browsers_safe(serving: Serving) -> None:
    for path in ("/healthz", "/api/v1/me", "/api/v1/nothing"):
        headers = serving.client().get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert len(headers["x-request-id"]) == 32


def test_only_the_viewer_of_events_may_compile(serving: Serving) -> None:
    policies = {
        path: serving.client().get(path).headers["content-security-policy"]
        for path in ("/docs", "/docs/events")
    }
    assert "unsafe" not in policies["/docs"]
    assert policies["/docs/events"].endswith("script-src 'self' 'unsafe-eval'")


def test_a_problem_names_its_request(serving: Serving) -> None:
    response = serving.client().get("/api/v1/me")
    assert problem_of(response, 401, "not_signed_in")["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize("host", ["evil.example", "", "testserver.evil.example", "[::2]:80"])
def test_a_strange_host_is_refused(serving: Serving, host: str) -> None:
    problem_of(serving.client().get("/healthz", headers={"host": host}), 400, "unknown_host")


@pytest.mark.parametrize("host", ["testserver", "127.0.0.1:8000", "[::1]:8000", "[::1]", "localhost"])
def test_known_hosts_are_served(serving: Serving, host: str) -> None:
    assert serving.client().get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://[broken"},
    ],
)
def test_another_sites_page_changes_nothing(serving: Serving, headers: dict[str, str]) -> None:
    client = browser(serving)
    assert client.get("/api/v1/me").status_code == 200
    refused = client.post("/api/v1/tokens", json={"label": "stolen"}, headers={**headers, "accept": "*/*"})
    problem_of(refused, 403, "cross_site")
    assert client.get("/api/v1/tokens").json()["total"] == 1


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "same-origin"}, {"origin": "http://testserver"}])
def test_our_own_pages_change_things(serving: Serving, headers: dict[str, str]) -> None:
    made = browser(serving).post("/api/v1/tokens", json={"label": "mine"}, headers=headers)
    assert made.status_code == 201


def test_the_sessions_cookie_is_out_of_reach_of_scripts_and_other_sites(serving: Serving) -> None:
    response = serving.client().post(
        "/sign-in", data={"login": "captain", "password": PASSWORD}, follow_redirects=False
    )
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"{SESSION_COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_haste_is_refused_for_a_while(serving: Serving) -> None:
    client = over(serving, rate_limit="3/minute").client(serving.market.captain)
    assert [client.get("/api/v1/me").status_code for _ in range(3)] == [200, 200, 200]
    refused = client.get("/api/v1/me")
    problem_of(refused, 429, "too_many_requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 60


def test_one_persons_haste_is_not_anothers(serving: Serving) -> None:
    hasty = over(serving, rate_limit="1/minute")
    hasty.client(hasty.market.captain).get("/api/v1/me")
    assert hasty.client(hasty.market.captain).get("/api/v1/me").status_code == 429
    assert hasty.client(hasty.market.engineer).get("/api/v1/me").status_code == 200


def test_guessing_tokens_is_limited_by_address(serving: Serving) -> None:
    limited = over(serving, rate_limit="3/minute")
    guesses = [limited.client(Authorization=f"Bearer jb_{n}").get("/api/v1/me") for n in range(4)]
    assert [guess.status_code for guess in guesses] == [401, 401, 401, 429]


@pytest.mark.parametrize("path", ["/api/v1/challenges", "/healthz/no", "/"])
def test_made_up_sessions_count_for_their_address(serving: Serving, path: str) -> None:
    limited = over(serving, rate_limit="3/minute")
    asked = [limited.client(Cookie=f"{SESSION_COOKIE}={n}").get(path).status_code for n in range(4)]
    assert asked[2] < 429
    assert asked[3] == 429


def test_who_was_known_before_goes_on_beside_somebody_who_guesses(serving: Serving) -> None:
    limited = over(serving, rate_limit="3/minute")
    captain = limited.client(serving.market.captain)
    assert captain.get("/api/v1/me").status_code == 200
    for n in range(4):
        limited.client(Authorization=f"Bearer jb_{n}").get("/api/v1/me")
    assert captain.get("/api/v1/me").status_code == 200


def sign_in(client: TestClient, login: str, password: str) -> int:
    form = {"login": login, "password": password}
    return client.post("/sign-in", data=form, follow_redirects=False).status_code


def test_guessing_a_password_is_limited_more_strictly(serving: Serving) -> None:
    client = over(serving, sign_in_limit="2/minute").client()
    assert [sign_in(client, "captain", "wrong") for _ in range(3)] == [401, 401, 429]
    assert sign_in(client, "engineer", "wrong") == 429


def test_guessing_one_login_from_many_addresses_is_limited(serving: Serving) -> None:
    app = over(serving, sign_in_limit="2/minute").app
    guessers = [TestClient(app, client=(f"192.0.2.{n}", 1)) for n in range(1, 4)]
    assert [sign_in(guesser, "captain", "wrong") for guesser in guessers] == [401, 401, 429]


def test_a_class_signs_in_from_one_address(serving: Serving) -> None:
    limited = over(serving, sign_in_limit="2/minute")
    logins = ("captain", "member", "loner", "engineer", "captain", "captain")
    assert [sign_in(limited.client(), login, PASSWORD) for login in logins] == [303] * len(logins)


@pytest.mark.parametrize("claimed", ["\xb2", "9" * 5000, "-1", "1e9"])
def test_a_length_that_is_none_is_no_failure_of_ours(serving: Serving, claimed: str) -> None:
    sent = [(b"content-length", claimed.encode("latin-1"))]
    assert serving.client().get("/api/v1/challenges", headers=sent).status_code in (200, 413)


@pytest.mark.parametrize("path", ["/static/%00", f"/static/{'a' * 4000}", "/%00", "/api/v1/skills/%0a"])
def test_an_address_that_no_file_has_is_not_found(serving: Serving, path: str) -> None:
    problem_of(serving.client().get(path), 404, "not_found")


def test_health_is_never_limited(serving: Serving) -> None:
    client = over(serving, rate_limit="1/minute").client()
    assert [client.get("/healthz").status_code for _ in range(5)] == [200] * 5


def test_a_large_body_is_refused_by_what_it_claims(serving: Serving) -> None:
    client = over(serving, most_body_bytes=1024).client(serving.market.engineer)
    refused = client.post("/api/v1/tokens", content=b" " * 1025, headers={"content-type": "application/json"})
    problem_of(refused, 413, "too_large")


def test_a_large_body_is_refused_by_what_it_sends(serving: Serving) -> None:
    def chunks() -> Iterator[bytes]:
        yield b" " * 1000
        yield b" " * 1000

    client = over(serving, most_body_bytes=1024).client(serving.market.engineer)
    refused = client.post("/api/v1/tokens", content=chunks(), headers={"content-type": "application/json"})
    problem_of(refused, 413, "too_large")
