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

from api import sentences
from api.sentences import Language
from domain.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, StaleAggregate, WrongState
from domain.use_cases.bids import GateFailed, MentorFull
from infra.transient import is_transient
from search.errors import CatalogueUnavailable

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "5"

STATUS: Sequence[tuple[type[DomainError], int]] = (
    (StaleAggregate, 412),
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


class Problem(BaseModel):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FieldProblem] = []


class Refusal(Exception):
    """The edge refuses a request before any rule of the domain is asked."""

    def __init__(
        self, status: int, code: str, headers: Mapping[str, str] | None = None, **details: object
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.details = status, code, details
        self.headers = dict(headers or {})


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
    )
    return Response(document.model_dump_json(), status, dict(headers or {}), MEDIA_TYPE)


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
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(CatalogueUnavailable, _unavailable)
    app.add_exception_handler(Exception, _unexpected)


def _domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)  # noqa: S101 - Starlette's handler type knows no narrower one
    message = sentences.explain(error, language_of(request))
    errors = [FieldProblem(field=error.field, code=error.code, message=message)] if error.field else []
    status = status_of(error, conditional="if-match" in request.headers)
    return problem(request, status, error.code, error.details, errors)


def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101 - as above
    return problem(request, error.status, error.code, error.details, headers=error.headers)


def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    errors = [
        FieldProblem(field=_path(e["loc"]), code=str(e["type"]), message=str(e["msg"]))
        for e in error.errors()[:50]
    ]
    return problem(request, 422, "invalid", errors=errors)


def _path(location: Sequence[Any]) -> str:
    return ".".join(str(part) for part in location if part != "body") or "body"


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    code = {401: "not_signed_in", 403: "not_allowed", 404: "not_found"}.get(error.status_code, "http")
    return problem(request, error.status_code, code, headers=error.headers)


def _unavailable(request: Request, error: Exception) -> Response:
    log.warning("%s: %s", request.url.path, error)
    return problem(request, 503, "unavailable", headers={"Retry-After": RETRY_AFTER})


def _unexpected(request: Request, error: Exception) -> Response:
    if is_transient(error):
        return _unavailable(request, error)
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(request, 500, "internal")
