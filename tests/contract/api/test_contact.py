"""Where I want mail: mine to say and mine to read."""

import pytest
from sqlalchemy import select

from infra.tables.log import outbox
from tests.serving import Serving, actors_of, problem_of

ADDRESS = "/api/v1/me/contact"
NOTHING = {"email": None, "wants_mail": True, "language": "zh"}


def test_nobody_has_an_address_before_they_give_one(serving: Serving) -> None:
    for actor in actors_of(serving.market).values():
        assert serving.client(actor).get(ADDRESS).json() == NOTHING


def test_an_address_is_kept_replaced_and_taken_back(serving: Serving) -> None:
    client = serving.client(serving.market.captain)
    given = {"email": "captain@example.com", "wants_mail": True, "language": "zh"}
    assert client.put(ADDRESS, json={"email": "captain@example.com"}).json() == given
    assert client.get(ADDRESS).json() == given
    quiet = {"email": "other@example.com", "wants_mail": False, "language": "en"}
    assert client.put(ADDRESS, json=quiet).json() == quiet
    assert client.get(ADDRESS).json() == quiet
    assert client.put(ADDRESS, json=quiet | {"email": None}).json() == NOTHING
    assert client.get(ADDRESS).json() == NOTHING


@pytest.mark.parametrize("email", ["captain", "a@b\r\nBcc: c@d", "", "a@" + "b" * 300, "张@example.com", 5])
def test_what_is_no_address_is_refused_at_its_field_and_changes_nothing(
    serving: Serving, email: object
) -> None:
    client = serving.client(serving.market.captain)
    problem = problem_of(client.put(ADDRESS, json={"email": email}), 422, "invalid")
    assert "email" in {wrong["field"] for wrong in problem["errors"]}
    assert client.get(ADDRESS).json() == NOTHING


@pytest.mark.parametrize(
    "body", [{}, {"email": None, "language": "fr"}, {"email": None, "wants_mail": 1}, {"email": None, "x": 1}]
)
def test_a_body_of_another_form_is_refused(serving: Serving, body: dict[str, object]) -> None:
    problem_of(serving.client(serving.market.captain).put(ADDRESS, json=body), 422, "invalid")


def test_whoever_is_not_signed_in_has_no_contact(serving: Serving) -> None:
    client = serving.client()
    problem_of(client.get(ADDRESS), 401, "not_signed_in")
    problem_of(client.put(ADDRESS, json={"email": "a@example.com"}), 401, "not_signed_in")


def test_an_address_is_in_no_event_and_in_nobody_elses_answers(serving: Serving) -> None:
    market = serving.market
    captain = serving.client(market.captain)
    captain.put(ADDRESS, json={"email": "captain@example.com"})
    serving.settle()
    with serving.services.database.read() as connection:
        log = repr(connection.execute(select(outbox)).all())
    paths = (
        "/me",
        "/me/contact",
        f"/teams/{market.team}",
        f"/students/{market.captain.person_id}",
        "/teams",
    )
    for actor in (market.member, market.school_admin, market.administrator):
        log += "".join(serving.client(actor).get(f"/api/v1{path}").text for path in paths)
    assert market.captain.person_id in log
    assert "captain@" not in log
