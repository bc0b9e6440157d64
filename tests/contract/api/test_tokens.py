"""Who a token acts as, and until when."""

from datetime import timedelta

from tests.serving import Serving, problem_of


def test_a_token_acts_as_its_owner(serving: Serving) -> None:
    me = serving.client(serving.market.captain).get("/api/v1/me").json()
    assert me["login"] == "captain"
    assert me["roles"] == ["student"]
    assert me["organisation"]["kind"] == "school"
    assert [team["id"] for team in me["teams"]] == [serving.market.team]
    assert me["teams"][0]["is_captain"] is True


def test_nobody_is_let_in_without_a_token(serving: Serving) -> None:
    response = serving.client().get("/api/v1/me")
    problem_of(response, 401, "not_signed_in")
    assert response.headers["www-authenticate"] == "Bearer"


def test_an_unknown_token_is_refused_where_none_would_do(serving: Serving) -> None:
    client = serving.client(Authorization="Bearer jb_unknown")
    problem_of(client.get("/api/v1/me"), 401, "not_signed_in")


def test_a_revoked_token_is_refused_at_once(serving: Serving) -> None:
    owner = serving.client(serving.market.engineer)
    made = owner.post("/api/v1/tokens", json={"label": "MES"})
    assert made.status_code == 201
    program = serving.client(Authorization=f"Bearer {made.json()['secret']}")
    assert program.get("/api/v1/me").json()["login"] == "engineer"
    assert owner.delete(f"/api/v1/tokens/{made.json()['id']}").status_code == 204
    problem_of(program.get("/api/v1/me"), 401, "not_signed_in")


def test_a_token_expires(serving: Serving) -> None:
    made = serving.client(serving.market.engineer).post(
        "/api/v1/tokens", json={"label": "MES", "expires_in_days": 1}
    )
    program = serving.client(Authorization=f"Bearer {made.json()['secret']}")
    assert program.get("/api/v1/me").status_code == 200
    serving.clock.advance(timedelta(days=1))
    problem_of(program.get("/api/v1/me"), 401, "not_signed_in")


def test_tokens_are_listed_without_their_secrets(serving: Serving) -> None:
    owner = serving.client(serving.market.engineer)
    owner.post("/api/v1/tokens", json={"label": "MES"})
    listed = owner.get("/api/v1/tokens").json()
    assert {token["label"] for token in listed["items"]} == {"test", "MES"}
    assert listed["total"] == 2
    assert all("secret" not in token for token in listed["items"])


def test_nobody_revokes_anothers_token(serving: Serving) -> None:
    token_id = serving.client(serving.market.engineer).get("/api/v1/tokens").json()["items"][0]["id"]
    stranger = serving.client(serving.market.other_engineer)
    problem_of(stranger.delete(f"/api/v1/tokens/{token_id}"), 404, "not_found")
    assert serving.client(serving.market.engineer).get("/api/v1/me").status_code == 200
