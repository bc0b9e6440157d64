"""Requests that change something: one transaction for the caller, once for each Idempotency-Key.

The answer is kept under (person, key) with the body's hash in the transaction that it answers for. The same
request again gets the same answer, a duplicate that comes at the same time waits for it, and another body
under the same key is refused. What was refused is not kept: a retry is tried again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from starlette.responses import Response

from api.etags import etag
from api.identity import ServicesOf
from api.problems import Refusal
from api.services import Services
from domain.organisations import Actor
from infra.repositories.log import StoredResponse
from infra.unit_of_work import SqlUnitOfWork

JSON = "application/json"
REPLAYED = "Idempotency-Replayed"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a change answers; `version` becomes the ETag, `location` says where the thing is.

    `repeated` is what a repetition of the request is told, where `body` holds a secret that is not kept.
    """

    status: int
    body: BaseModel | None = None
    version: int | None = None
    location: str | None = None
    repeated: BaseModel | None = None

    @property
    def headers(self) -> dict[str, str]:
        """ETag and Location, where there is something to say."""
        said = {"ETag": etag(self.version) if self.version is not None else None, "Location": self.location}
        return {name: value for name, value in said.items() if value is not None}

    @property
    def content(self) -> bytes:
        """The body as JSON; nothing where there is none."""
        return _json(self.body)

    @property
    def kept(self) -> bytes:
        """What is kept of it."""
        return self.content if self.repeated is None else _json(self.repeated)


@dataclass(frozen=True, slots=True)
class Change:
    """The transaction in which a request's work is done."""

    services: Services
    request_id: str
    key: str | None = None
    fingerprint: str = ""

    def run(self, actor: Actor, act: Callable[[SqlUnitOfWork], Reply]) -> Response:
        """Do `act` and commit, or give the answer that was given to the same request before.

        Raises what `act` raises, and Refusal (422) for a key that came with another request.
        """
        with self.services.store.begin(self.request_id) as work:
            if self.key is not None:
                stored = work.idempotency.lock(actor.person_id, self.key)
                if stored is not None:
                    return self._again(stored)
            reply = act(work)
            content, headers = reply.content, reply.headers
            if self.key is not None:
                kept = StoredResponse(self.fingerprint, reply.status, headers, reply.kept)
                work.idempotency.store(actor.person_id, self.key, kept)
            work.commit()
        return _response(reply.status, content, headers)

    def keeping_back(self, wanted: BaseModel, *secrets: str) -> "Change":
        """The same, known again by `wanted` without these fields: no hash of a secret is kept that is quick
        to try against."""
        if self.key is None:
            return self
        known = f"{type(wanted).__name__} {wanted.model_dump_json(exclude=set(secrets))}"
        return replace(self, fingerprint=sha256(known.encode()).hexdigest())

    def _again(self, stored: StoredResponse) -> Response:
        if stored.request_hash != self.fingerprint:
            raise Refusal(422, "key_reused")
        return _response(stored.status, stored.body, {**stored.headers, REPLAYED: "true"})


IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Makes a retry safe: the same key with the same body has its effect once in 24 hours.",
        examples=["0b6f8f2e-6d0c-4a55-9a52-1f0b6c6c1a77"],
    ),
]


async def change_of(request: Request, services: ServicesOf) -> Change:
    """A change that is safe to repeat by its nature, or by the version that it names."""
    return Change(services, request.scope["request_id"])


async def change_once(
    request: Request, services: ServicesOf, idempotency_key: IdempotencyKey = None
) -> Change:
    """A change that makes something new, once for each Idempotency-Key."""
    fingerprint = ""
    if idempotency_key is not None:
        asked = f"{request.method} {request.url.path}\n".encode()
        fingerprint = sha256(asked + await request.body()).hexdigest()
    return Change(services, request.scope["request_id"], idempotency_key, fingerprint)


def _json(body: BaseModel | None) -> bytes:
    return b"" if body is None else body.model_dump_json().encode()


def _response(status: int, content: bytes, headers: Mapping[str, str]) -> Response:
    return Response(content, status, dict(headers), JSON if content else None)


ChangeOf = Annotated[Change, Depends(change_of)]
ChangeOnce = Annotated[Change, Depends(change_once)]
