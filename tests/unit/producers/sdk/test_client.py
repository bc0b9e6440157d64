"""The client over HTTP, against a service that answers as each test has it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from producers.sdk.client import CHALLENGES, JiebangClient, PostRefused
from producers.sdk.model import ChallengePost
from tests.live_server import listening

ID = "01977d3e-5c1a-7000-8000-0242ac120002"
POST = ChallengePost.model_validate(
    {"title": "换模太慢", "industry": "moulding", "source": {"system": "mes", "id": "7"}}
)


@dataclass(slots=True)
class Asked:
    """A request as it came."""

    what: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(slots=True)
class Service:
    """Gives `answers` one after another, and keeps what it was asked."""

    url: str = ""
    answers: list[Response] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        body = await request.json() if await request.body() else {}
        self.asked.append(Asked(f"{request.method} {request.url.path}", dict(request.headers), body))
        return self.answers.pop(0)

    @property
    def requests(self) -> list[str]:
        return [asked.what for asked in self.asked]


@pytest.fixture
def service() -> Iterator[Service]:
    scripted, application = Service(), FastAPI()
    application.add_api_route("/{path:path}", scripted.answer, methods=["GET", "POST"], response_model=None)
    with listening(application) as scripted.url:
        yield scripted


@pytest.fixture
def client(service: Service) -> Iterator[JiebangClient]:
    with JiebangClient(service.url, "jb_token", language="en") as opened:
        yield opened


def challenge(state: str, status: int = 200) -> Response:
    return JSONResponse({"id": ID, "number": 12, "state": state}, status)


def already(state: str, differs: bool = False) -> Response:
    existing = {"id": ID, "number": 12, "state": state, "differs": differs}
    return JSONResponse({"code": "already_posted", "existing": existing}, 409)


def refusal(status: int, code: str) -> Response:
    return JSONResponse({"code": code, "title": "Refused", "detail": "Do so.", "errors": []}, status)


def test_a_post_is_sent_with_its_source_in_the_readers_language(
    service: Service, client: JiebangClient
) -> None:
    service.answers = [challenge("draft", 201)]
    posted = client.post(POST)
    assert (posted.label, posted.state, posted.already) == ("J-0012", "draft", False)
    assert posted.address == f"{service.url}/challenges/{ID}"
    (asked,) = service.asked
    assert asked.what == f"POST {CHALLENGES}"
    assert asked.body["source"] == {"system": "mes", "id": "7"}
    assert asked.body["publish"] is False
    assert (asked.headers["accept-language"], asked.headers["authorization"]) == ("en", "Bearer jb_token")


def test_a_post_without_a_source_is_known_by_its_content(service: Service, client: JiebangClient) -> None:
    service.answers = [challenge("draft", 201) for _ in range(3)]
    bare = POST.model_copy(update={"source": None})
    for post in (bare, bare, bare.model_copy(update={"title": "换模还是慢"})):
        client.post(post)
    first, again, other = (asked.body["source"] for asked in service.asked)
    assert first == again == bare.identity.model_dump()
    assert other != first


def test_a_call_is_one_request_to_the_service_however_often_it_is_tried(
    service: Service, client: JiebangClient
) -> None:
    busy = [Response(status_code=status, headers={"Retry-After": "0"}) for status in (503, 429)]
    service.answers = [*busy, challenge("draft", 201), already("draft")]
    client.post(POST)
    client.post(POST)
    *tries, later = [asked.headers["idempotency-key"] for asked in service.asked]
    assert len(tries) == 3
    assert len(set(tries)) == 1
    assert later != tries[0]


@pytest.mark.parametrize(
    ("state", "differs", "publish"),
    [
        ("draft", False, False),
        ("open", False, True),
        ("open", True, True),
        ("cancelled", False, True),
        ("draft", True, True),
    ],
)
def test_what_is_there_stays_as_it_is(
    service: Service, client: JiebangClient, state: str, differs: bool, publish: bool
) -> None:
    service.answers = [already(state, differs)]
    posted = client.post(POST, publish=publish)
    assert (posted.id, posted.state, posted.already, posted.differs) == (ID, state, True, differs)
    assert not posted.published
    assert service.requests == [f"POST {CHALLENGES}"]


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_a_draft_that_is_there_and_the_same_is_published(
    service: Service, client: JiebangClient, state: str
) -> None:
    service.answers = [already(state), challenge("open")]
    posted = client.post(POST, publish=True)
    assert (posted.state, posted.already, posted.published) == ("open", True, True)
    assert service.requests == [f"POST {CHALLENGES}", f"POST {CHALLENGES}/{ID}/publish"]


def test_a_draft_that_somebody_else_published_is_there(service: Service, client: JiebangClient) -> None:
    service.answers = [already("draft"), refusal(409, "wrong_state"), challenge("open")]
    posted = client.post(POST, publish=True)
    assert (posted.state, posted.already, posted.published) == ("open", True, False)
    assert service.requests[-1] == f"GET {CHALLENGES}/{ID}"


@pytest.mark.parametrize(
    "answers",
    [
        [refusal(409, "conflict")],
        [already("draft"), refusal(403, "not_allowed")],
        [already("draft"), refusal(409, "stale"), challenge("draft")],
    ],
    ids=["a post", "publishing", "publishing what changes"],
)
def test_a_refusal_says_what_the_service_says(
    service: Service, client: JiebangClient, answers: list[Response]
) -> None:
    service.answers = list(answers)
    with pytest.raises(PostRefused, match="Refused: Do so") as refused:
        client.post(POST, publish=True)
    assert refused.value.status in (403, 409)


def test_a_refusal_names_the_fields(service: Service, client: JiebangClient) -> None:
    errors = [{"field": "industry", "code": "invalid", "message": "There is no trade x."}]
    service.answers = [JSONResponse({"code": "invalid", "errors": errors}, 422)]
    with pytest.raises(PostRefused, match="industry: There is no trade x"):
        client.post(POST)


@pytest.mark.parametrize("answer", [PlainTextResponse("<h1>Gateway</h1>", 502), JSONResponse([1], 404)])
def test_an_answer_of_something_else_is_shown(
    service: Service, client: JiebangClient, answer: Response
) -> None:
    service.answers = [answer]
    with pytest.raises(PostRefused) as refused:
        client.post(POST)
    assert refused.value.status == answer.status_code
    assert refused.value.problem == bytes(answer.body).decode()


def test_a_service_out_of_reach_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    with JiebangClient("http://127.0.0.1:1", "t") as client, pytest.raises(httpx2.TransportError):
        client.post(POST)
