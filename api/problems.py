"""Problem documents (RFC 9457): every refusal names the rule, the field and the remedy."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import sentences
from api.input_sentences import explain_input
from api.sentences import Language
from domain.challenges import ChallengeState
from domain.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, StaleAggregate, WrongState
from domain.use_cases.bids import GateFailed, MentorFull
from domain.use_cases.challenges import AlreadyPosted
from infra.transient import is_transient, is_unstorable
from search.errors import CatalogueUnavailable

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "5"
MOST_ERRORS = 50
PLACES = frozenset({"body", "query", "path", "header", "cookie"})
HTTP_CODES = {
    400: "malformed",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
}

STATUS: Sequence[tuple[type[DomainError], int]] = (
    (StaleAggregate, 412),
    (AlreadyPosted, 409),
    (GateFailed, 409),
    (MentorFull, 409),
    (Invalid, 422),
    (NotFound, 404),
    (NotAllowed, 403),
    (WrongState, 409),
    (Conflict, 409),
)


class FieldProblem(BaseModel):
    """What is wrong with one input."""

    field: str
    code: str
    message: str


class Existing(BaseModel):
    """The challenge that is there already; `differs` where what was sent says otherwise."""

    id: str
    number: int
    state: ChallengeState
    differs: bool


class Problem(BaseModel):
    """An RFC 9457 problem document; `existing` comes with the code `already_posted`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FieldProblem] = []
    existing: Existing | None = None


class Refusal(HTTPException):
    """The edge refuses a request before any rule of the domain is asked."""

    def __init__(
        self, status: int, code: str, headers: Mapping[str, str] | None = None, **details: object
    ) -> None:
        super().__init__(status, code, dict(headers or {}))
        self.status, self.code, self.details = status, code, details


def language_of(request: Request) -> Language:
    """Chinese where the reader prefers it, else English."""
    wanted = request.headers.get("accept-language", "")
    ranked = sorted((_preference(part) for part in wanted.split(",")[:10]), key=lambda p: -p[1])
    for name, weight in ranked:
        if weight > 0 and name[:2] in ("zh", "en"):
            return "zh" if name[:2] == "zh" else "en"
    return "en"


def _preference(part: str) -> tuple[str, float]:
    name, _, rest = part.strip().lower().partition(";q=")
    try:
        return name, float(rest) if rest else 1.0
    except ValueError:
        return name, 0.0


def problem(
    request: Request,
    status: int,
    code: str,
    details: Mapping[str, object] | None = None,
    errors: Sequence[FieldProblem] = (),
    headers: Mapping[str, str] | None = None,
    existing: Existing | None = None,
) -> Response:
    """A problem document in the reader's language."""
    language = language_of(request)
    request_id: str = request.scope.get("request_id", "")
    known = {"request_id": request_id, **(details or {})}
    document = Problem(
        type=f"urn:jiebang:problem:{code}",
        title=sentences.title(code, language),
        status=status,
        detail=sentences.detail(code, language, known),
        code=code,
        request_id=request_id,
        errors=list(errors),
        existing=existing,
    )
    return Response(document.model_dump_json(exclude_none=True), status, dict(headers or {}), MEDIA_TYPE)


def status_of(error: DomainError, conditional: bool = True) -> int:
    """The status that tells a program what kind of error it is.

    412 is for whoever named a version (`conditional`); to others a change in between is a conflict.
    """
    if isinstance(error, StaleAggregate) and not conditional:
        return 409
    if isinstance(error, NotFound) and error.field is not None:
        return 422  # what was asked for is there; an input names something that is not
    return next((status for kind, status in STATUS if isinstance(error, kind)), 400)


def install(app: FastAPI) -> None:
    """Let the application answer every error with a problem document."""
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


class Answered:
    """The innermost layer: answers what no handler knows, so that outer layers see an answer, too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            await _unexpected(Request(scope), error)(scope, receive, send)


def _domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)  # noqa: S101 - Starlette's handler type knows no narrower one
    message = sentences.explain(error, language_of(request))
    errors = [FieldProblem(field=error.field, code=error.code, message=message)] if error.field else []
    status = status_of(error, conditional="if-match" in request.headers)
    existing = _existing(error) if isinstance(error, AlreadyPosted) else None
    return problem(request, status, error.code, error.details, errors, existing=existing)


def _existing(error: AlreadyPosted) -> Existing:
    challenge = error.challenge
    return Existing(id=challenge.id, number=challenge.number, state=challenge.state, differs=error.differs)


def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    language = language_of(request)
    found = error.errors()[:MOST_ERRORS]
    errors = [
        FieldProblem(
            field=_path(e["loc"], str(e["type"])),
            code=str(e["type"]),
            message=explain_input(str(e["type"]), e.get("ctx", {}), language),
        )
        for e in found
    ]
    if any(e["type"] == "json_invalid" for e in found):
        return problem(request, 400, "malformed", errors=errors)
    return problem(request, 422, "invalid", errors=errors)


def _path(location: Sequence[Any], kind: str) -> str:
    """The input's place within the body, or the parameter's name."""
    if kind == "json_invalid":
        return "body"
    within = location[1:] if location and location[0] in PLACES else location
    return ".".join(str(part) for part in within) or "body"


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    if isinstance(error, Refusal):
        return problem(request, error.status, error.code, error.details, headers=error.headers)
    code = HTTP_CODES.get(error.status_code, "http")
    headers = dict(error.headers or {})
    if error.status_code == 405 and (methods := request.app.state.allowed.methods(request.url.path)):
        headers["Allow"] = ", ".join(methods)
    return problem(request, error.status_code, code, {"method": request.method}, headers=headers)


def _unexpected(request: Request, error: Exception) -> Response:
    if is_transient(error) or isinstance(error, CatalogueUnavailable):
        log.warning("%s: %s", request.url.path, error)
        return problem(request, 503, "unavailable", headers={"Retry-After": RETRY_AFTER})
    if is_unstorable(error):
        log.warning("%s %s", request.method, request.url.path, exc_info=error)
        return problem(request, 422, "invalid")
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(request, 500, "internal")
