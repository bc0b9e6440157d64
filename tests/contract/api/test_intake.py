"""Messages from factories' systems, what became of them, and the ones that could not be accepted."""

import json
from datetime import timedelta
from typing import Any

from httpx2 import Response
from sqlalchemy import func, select

from domain.intake import FACTORY_HEADER, MOST_BYTES, REQUEST_HEADER
from domain.ports import IntakeMessage
from domain.use_cases.intake import CONSUMER, take_in
from infra.file_sweeper import FileSweeper
from infra.log_reader import LogRow, read_after
from infra.settings import Settings
from infra.tables.log import inbox
from streams.housekeeping import Housekeeping
from tests.fakes.stop import FakeStop
from tests.market import post_open
from tests.serving import Serving, actors_of, problem_of

SCALED = Settings.model_validate(
    {"database_url": "postgresql+psycopg://unused", "kafka": "unused", "elasticsearch": "http://unused:9200"}
)
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


def log_of(serving: Serving) -> list[LogRow]:
    """The intake's messages in the log."""
    with serving.store.database.read() as connection:
        return [row for row in read_after(connection, 0, 1000) if row.topic == "intake"]


def posted(serving: Serving, body: bytes) -> Response:
    client = serving.client(serving.market.engineer, **{"Content-Type": "application/json"})
    return client.post(INTAKE, content=body)


def filled(size: int) -> bytes:
    """An alarm of exactly so many bytes, written densely: written anew, it would be longer."""
    head = json.dumps(ALARM | {"more": []}, separators=(",", ":")).encode().removesuffix(b"]}")
    numbers = b"1," * ((size - len(head) - 3) // 2) + b"1"
    body = head + numbers + b"]}"
    return body + b" " * (size - len(body))


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


def test_a_message_without_a_source_is_no_challenge_without_one(serving: Serving) -> None:
    for _ in range(2):
        post_open(serving.store, serving.market, serving.taxonomy)
    status_url = sent(serving, {name: value for name, value in ALARM.items() if name != "source"})
    client = serving.client(serving.market.engineer)
    assert client.get(status_url).json()["state"] == "waiting"
    process(serving)
    assert client.get(status_url).json()["state"] == "refused"


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
    for url in (refused, drafted):
        problem_of(serving.client(serving.market.other_engineer).get(url), 404, "not_found")


def test_what_became_of_a_message_lasts_when_the_log_and_the_inbox_are_cleared(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    urls = [sent(serving, ALARM), sent(serving, ALARM), sent(serving, {**ALARM, "title": ""})]
    process(serving)
    before = [client.get(url).json() for url in urls]
    assert [status["state"] for status in before] == ["drafted", "drafted", "refused"]

    serving.clock.advance(timedelta(days=60))
    sweeper = FileSweeper(serving.services.files, serving.store.database, serving.clock)
    assert Housekeeping(serving.store, SCALED, sweeper).run(FakeStop()) > 0
    with serving.store.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(inbox)).scalar_one() == 0

    assert [client.get(url).json() for url in urls] == before


def test_a_message_that_never_was_is_not_found(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    known = sent(serving, ALARM)
    process(serving)
    assert client.get(known).json()["state"] == "drafted"
    problem_of(client.get(f"{INTAKE}/00000000-0000-7000-8000-000000000000"), 404, "not_found")


def test_a_refused_message_whose_source_is_drafted_after_a_requeue_is_drafted(serving: Serving) -> None:
    client = serving.client(serving.market.engineer)
    wrong = sent(serving, ALARM | {"industry": "炼丹"})
    right = sent(serving, ALARM)
    process(serving)
    assert [client.get(url).json()["state"] for url in (wrong, right)] == ["refused", "drafted"]
    letter_id = client.get(wrong).json()["dead_letter_id"]
    client.post(f"/api/v1/dead-letters/{letter_id}/requeue")
    assert client.get(wrong).json()["state"] == "drafted"


def test_what_is_kept_is_what_was_sent(serving: Serving) -> None:
    body = json.dumps(ALARM | {"more": [1, 1.50, 1e5]}, ensure_ascii=False, separators=(",", ":")).encode()
    assert posted(serving, body).status_code == 202
    (value,) = [row.value for row in log_of(serving)]
    assert value == body
    process(serving)
    assert serving.client(serving.market.engineer).get("/api/v1/dead-letters").json()["total"] == 0


def test_more_than_the_intake_reads_is_refused_with_the_limit(serving: Serving) -> None:
    within = filled(MOST_BYTES)
    assert posted(serving, within).status_code == 202
    problem = problem_of(posted(serving, within + b" "), 413, "too_large")
    assert str(MOST_BYTES) in problem["detail"]
    assert [len(row.value or b"") for row in log_of(serving)] == [MOST_BYTES]
    process(serving)
    assert serving.client(serving.market.engineer).get("/api/v1/dead-letters").json()["total"] == 0


def test_only_those_who_post_hand_messages_over(serving: Serving) -> None:
    for who in ("captain", "school_mentor", "enterprise_mentor"):
        client = serving.client(actors_of(serving.market)[who])
        problem_of(client.post(INTAKE, json=ALARM), 403, "not_allowed")


def test_a_retry_is_the_same_message(serving: Serving) -> None:
    client = serving.client(serving.market.engineer, **{"Idempotency-Key": "alarm-1"})
    first, again = client.post(INTAKE, json=ALARM), client.post(INTAKE, json=ALARM)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
