"""Posting over the API, from a program of the factory."""

import time
import uuid
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Literal, Self

import httpx2

from producers.sdk.model import ChallengePost

TRIES = 5
LONGEST_WAIT = 30.0
CHALLENGES = "/api/v1/challenges"
UNPUBLISHED = frozenset({"draft", "in_review"})

Language = Literal["zh", "en"]


class PostRefused(Exception):
    """The service refused a post; `problem` is its sentence, with the fields to correct."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(f"{status}: {problem}")
        self.status, self.problem = status, problem


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a post; `address` is the page on which people read and change the challenge.

    `already` where it was there before, `differs` where it then says otherwise than the post, and
    `published` where this call opened what was there as a draft.
    """

    id: str
    number: int
    state: str
    address: str
    already: bool = False
    differs: bool = False
    published: bool = False

    @property
    def label(self) -> str:
        """The number as people write and search it: J-0412."""
        return f"J-{self.number:04d}"

    @property
    def unpublished(self) -> bool:
        """Whether only the factory sees it yet."""
        return self.state in UNPUBLISHED


class JiebangClient:
    """Posts challenges as the person whose token it has. Use it as a context manager.

    `language` is that of what the service says of a refusal.
    """

    def __init__(self, url: str, token: str, *, language: Language = "zh", timeout: float = 20.0) -> None:
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}
        self._url = url.rstrip("/")
        self._http = httpx2.Client(base_url=url, headers=headers, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def post(self, post: ChallengePost, *, publish: bool = False) -> Posted:
        """Post it once, however often this is called; waits where the service is busy or away for a moment.

        With `publish`, a draft that is there already and says the same is opened. What is there and differs
        stays as it is. Raises PostRefused, and httpx2.TransportError where the service stays out of reach.
        """
        body = post.model_dump(mode="json", exclude_none=True)
        body |= {"source": post.identity.model_dump(), "publish": publish}
        # The key makes the tries of this call one; a later call is known by its source.
        response = self._sent("POST", CHALLENGES, body, {"Idempotency-Key": str(uuid.uuid4())})
        answer = _document(response)
        if response.status_code == httpx2.codes.CREATED:
            return self._posted(answer)
        if answer.get("code") != "already_posted":
            raise _refusal(response)
        there = answer["existing"]
        posted = replace(self._posted(there), already=True, differs=there["differs"])
        return self._opened(posted) if publish and posted.unpublished and not posted.differs else posted

    def _posted(self, challenge: dict[str, Any]) -> Posted:
        id = challenge["id"]
        return Posted(id, challenge["number"], challenge["state"], f"{self._url}/challenges/{id}")

    def _opened(self, draft: Posted) -> Posted:
        here = f"{CHALLENGES}/{draft.id}"
        response = self._sent("POST", f"{here}/publish")
        if response.status_code == httpx2.codes.CONFLICT:
            # Somebody else opened it, or an earlier try did whose answer was lost.
            state = _document(self._sent("GET", here)).get("state", draft.state)
            if state not in UNPUBLISHED:
                return replace(draft, state=state)
        if response.status_code != httpx2.codes.OK:
            raise _refusal(response)
        return replace(draft, state=_document(response)["state"], published=True)

    def _sent(
        self,
        method: str,
        path: str,
        body: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        for left in reversed(range(TRIES)):
            try:
                response = self._http.request(method, path, json=body, headers=headers)
            except httpx2.TransportError:
                if not left:
                    raise
                time.sleep(2.0 ** (TRIES - left - 2))
                continue
            if response.status_code not in (429, 503) or not left:
                return response
            time.sleep(min(LONGEST_WAIT, float(response.headers.get("Retry-After", "1"))))
        raise AssertionError("the last try returns or raises")


def _document(response: httpx2.Response) -> dict[str, Any]:
    """The object that came; empty where something on the way answered with another thing."""
    try:
        document = response.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _refusal(response: httpx2.Response) -> PostRefused:
    document = _document(response)
    try:
        fields = "; ".join(f"{e['field']}: {e['message']}" for e in document.get("errors", []))
        problem = fields or f"{document['title']}: {document['detail']}"
    except (KeyError, TypeError):
        problem = response.text[:200]
    return PostRefused(response.status_code, problem)
