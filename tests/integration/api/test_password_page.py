"""One's own password, changed on the account's page."""

import pytest
from starlette.testclient import TestClient

from tests.integration.api.test_account_pages import HTML, login_of
from tests.serving import PASSWORD, Serving

NEW = "主轴每天早上抖三次 "
"""With a space at its end, which belongs to it."""
CHANGE = {"current_password": PASSWORD, "new_password": NEW, "new_password_again": NEW}


def signed_in(serving: Serving, password: str = PASSWORD) -> TestClient:
    """A browser; its page is the account where the password is right."""
    client = serving.client()
    sent = {"login": login_of(serving, serving.market.captain.person_id), "password": password}
    client.post("/sign-in", data=sent, headers=HTML)
    return client


def is_in(client: TestClient) -> bool:
    return client.get("/account", headers=HTML).url.path == "/account"


def test_a_changed_password_ends_all_other_sessions_and_no_token(serving: Serving) -> None:
    here, elsewhere = signed_in(serving), signed_in(serving)
    assert is_in(here)
    assert is_in(elsewhere)
    changed = here.post("/account/password", data=CHANGE, headers=HTML)
    assert "Password changed." in changed.text
    assert is_in(here)
    assert not is_in(elsewhere)
    assert serving.client(serving.market.captain).get("/api/v1/me").status_code == 200
    assert not is_in(signed_in(serving, PASSWORD))
    assert not is_in(signed_in(serving, NEW.strip()))
    assert is_in(signed_in(serving, NEW))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"current_password": "wrong"}, "current_password"),
        ({"current_password": ""}, "current_password"),
        ({"current_password": "\0" * 9_000}, "current_password"),
        ({"new_password_again": NEW.strip()}, "new_password_again"),
        ({"new_password": "short", "new_password_again": "short"}, "new_password"),
        ({"new_password": "Password123", "new_password_again": "Password123"}, "new_password"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_changes_nothing(
    serving: Serving, wrong: dict[str, str], field: str
) -> None:
    here, elsewhere = signed_in(serving), signed_in(serving)
    refused = here.post("/account/password", data=CHANGE | wrong, headers=HTML)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert NEW not in refused.text
    assert PASSWORD not in refused.text
    assert is_in(elsewhere)
    assert is_in(signed_in(serving))


def test_nobody_changes_a_password_without_signing_in(serving: Serving) -> None:
    answer = serving.client().post("/account/password", data=CHANGE, headers=HTML)
    assert answer.url.path == "/sign-in"
    assert is_in(signed_in(serving))
