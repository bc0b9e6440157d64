"""Posting over the API, from a program of the factory."""

import hashlib
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx2

from producers.sdk.model import ChallengePost

TRIES = 5
LONGEST_WAIT = 30.0


class PostRefused(Exception):
    """The service refused a post; `problem` is its sentence, with the fields to correct."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(f"{status}: {problem}")
        self.status, self.problem = status, problem


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a post."""

    id: str
    number: int
    state: str


def idempotency_key(post: ChallengePost) -> str:
    """Says that two posts are the same: by their source, or else by their content."""
    if post.source is not None:
        identity = f"{post.source.system}\0{post.source.id}"
    else:
        identity = post.model_dump_json()
    return hashlib.sha256(identity.encode()).hexdigest()


class JiebangClient:
    """Posts challenges as the person whose token it has. Use it as a context manager."""

    def __init__(self, url: str, token: str, *, language: str = "zh", timeout: float = 20.0) -> None:
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}
        self._http = httpx2.Client(base_url=url, headers=headers, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def post(self, post: ChallengePost, *, publish: bool = False) -> Posted:
        """Post it once, however often this is called; waits where the service is busy or away for a moment.

        Raises PostRefused, and httpx2.TransportError where the service stays out of reach.
        """
        body = post.model_dump(mode="json", exclude_none=True, exclude={"source"}) | {"publish": publish}
        headers = {"Idempotency-Key": f"{idempotency_key(post)}{'-published' if publish else ''}"}
        response = self._sent(body, headers)
        if response.status_code != httpx2.codes.CREATED:
            raise PostRefused(response.status_code, _problem(response))
        answer = response.json()
        return Posted(answer["id"], answer["number"], answer["state"])

    def _sent(self, body: dict[str, object], headers: dict[str, str]) -> httpx2.Response:
        for left in reversed(range(TRIES)):
            try:
                response = self._http.post("/api/v1/challenges", json=body, headers=headers)
            except httpx2.TransportError:
                if not left:
                    raise
                time.sleep(2.0 ** (TRIES - left - 2))
                continue
            if response.status_code not in (429, 503) or not left:
                return response
            time.sleep(min(LONGEST_WAIT, float(response.headers.get("Retry-After", "1"))))
        raise AssertionError("the last try returns or raises")


def _problem(response: httpx2.Response) -> str:
    try:
        document = response.json()
        fields = "; ".join(f"{e['field']}: {e['message']}" for e in document.get("errors", []))
        return fields or f"{document['title']}: {document['detail']}"
    except (ValueError, KeyError, TypeError):
        return response.text[:200]
