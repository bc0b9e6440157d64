"""Messages from factories' systems, what became of them, and the ones that could not be accepted."""

from typing import Any

from domain.intake import FACTORY_HEADER, REQUEST_HEADER
from domain.ports import IntakeMessage
from domain.use_cases.intake import CONSUMER, take_in
from infra.log_reader import read_after
from tests.serving import Serving, actors_of, problem_of

INTAKE = "/api/v1/intake"
ALARM = {
    "source": {"system": "andon", "id": "A-1"},
    "title": "主轴振动报警",
    "text": "夜班没人会听。",
    "industry": "machining",
    "skills": [{"skill": "振动", "level": 3}],
}


def process(serving: Serving) -> None:
    """Do what the intake processor does with what waits in the log."""
    with serving.store.begin() as work:
        for row in read_after(work.connection, 0, 1000):
            origin = f"request/{row.headers.get(REQUEST_HEADER)}"
            if row.topic == "intake" and work.inbox.claim(CONSUMER, 1, [origin]):
                message = IntakeMessage(origin, row.value, row.headers, row.headers[FACTORY_HEADER])
                take_in(work, [message], serving.taxonomy)
        work.commit()


def sent(serving: Serving, message: dict[str, Any]) -> str:
    response = serving.client(serving.market.engineer).post(INTAKE, json=message)
    assert response.status_code == 202
    assert response.headers["location"] == response.json()["status_url"]
    return str(response.json()["status_url"])


def test_a_message_becomes_a_draft_of_its_senders_factory(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    status_url = sent(serving, ALARM)
    assert client.get(status_url).json()["state"] == "waiting"
    process(serving)
    status = client.get(status_url).json()
    assert status["state"] == "drafted"
    draft = client.get(f"/api/v1/challenges/{status['challenge_id']}").json()
    assert draft["title"] == "主轴振动报警"
    assert draft["state"] == "draft"


def test_a_wrong_message_is_kept_with_its_reason(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    status_url = sent(serving, ALARM | {"skills": [{"skill": "炼丹", "level": 3}]})
    process(serving)
    status = client.get(status_url).json()
    assert (status["state"], status["reason"]) == ("refused", "unknown_skill")
    letter = client.get(f"/api/v1/dead-letters/{status['dead_letter_id']}").json()
    assert "skills.0.skill" in letter["details"]
    assert "炼丹" in letter["value"]


def test_a_factory_sees_its_own_dead_letters_only(serving: Serving) -> None:
    sent(serving, ALARM | {"industry": "炼丹"})
    process(serving)
    own = serving.client(serving.market.engineer).get("/api/v1/dead-letters").json()
    assert own["total"] == 1
    letter_id = own["items"][0]["id"]
    assert serving.client(serving.market.administrator).get("/api/v1/dead-letters").json()["total"] == 1
    other = serving.client(serving.market.other_engineer)
    assert other.get("/api/v1/dead-letters").json()["total"] == 0
    problem_of(other.get(f"/api/v1/dead-letters/{letter_id}"), 404, "not_found")
    problem_of(other.post(f"/api/v1/dead-letters/{letter_id}/requeue"), 404, "not_found")
    student = serving.client(serving.market.captain)
    problem_of(student.get("/api/v1/dead-letters"), 403, "not_allowed")


def test_a_dead_letter_goes_through_again_once(serving: Serving) -> None:
    sent(serving, ALARM | {"industry": "炼丹"})
    process(serving)
    client = serving.client(serving.market.engineer)
    letter_id = client.get("/api/v1/dead-letters").json()["items"][0]["id"]
    requeued = client.post(f"/api/v1/dead-letters/{letter_id}/requeue")
    assert requeued.status_code == 200
    assert requeued.json()["requeued_at"] is not None
    problem_of(client.post(f"/api/v1/dead-letters/{letter_id}/requeue"), 409, "wrong_state")
    process(serving)
    assert client.get("/api/v1/dead-letters").json()["total"] == 1
    assert client.get("/api/v1/dead-letters?requeued=true").json()["total"] == 2


def test_nobody_speaks_for_another_factory(serving: Serving) -> None:
    status_url = sent(serving, ALARM | {"factory_id": serving.market.other_factory})
    process(serving)
    status = serving.client(serving.market.engineer).get(status_url).json()
    assert (status["state"], status["reason"]) == ("refused", "another_factory")


def test_what_became_of_a_message_is_for_its_factory(serving: Serving) -> None:
    refused, drafted = sent(serving, {**ALARM, "title": ""}), sent(serving, ALARM)
    process(serving)

    def states(who: str) -> list[str]:
        client = serving.client(actors_of(serving.market)[who])
        return [client.get(url).json()["state"] for url in (refused, drafted)]

    assert states("engineer") == states("administrator") == ["refused", "drafted"]
    assert states("other_engineer") == ["waiting", "waiting"]


def test_only_those_who_post_hand_messages_over(serving: Serving) -> None:
    for who in ("captain", "school_mentor", "enterprise_mentor"):
        client = serving.client(actors_of(serving.market)[who])
        problem_of(client.post(INTAKE, json=ALARM), 403, "not_allowed")


def test_a_retry_is_the_same_message(serving: Serving) -> None:
    client = serving.client(serving.market.engineer, **{"Idempotency-Key": "alarm-1"})
    first, again = client.post(INTAKE, json=ALARM), client.post(INTAKE, json=ALARM)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
