"""What tells an operator's tools how this process is: alive, ready, and in figures."""

from typing import Annotated

from fastapi import APIRouter, Depends
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.responses import Response

from api.identity import ServicesOf
from api.services import Services
from infra.transient import is_transient
from search.errors import CatalogueUnavailable

router = APIRouter(tags=["operation"])


class Health(BaseModel):
    """The process answers."""

    status: str


class Readiness(BaseModel):
    """Whether requests should come here; the catalogue may be away for a while without harm to the rest.

    `consumers` are the processors of this process, each `running`, `retrying` (it gets on by itself) or
    `paused` (it waits for a newer release). They do not decide: requests are served beside them.
    """

    ready: bool
    database: bool
    replica: bool
    catalogue: bool
    consumers: dict[str, str]


@router.get("/healthz")
async def healthz() -> Health:
    """The process is alive."""
    return Health(status="ok")


def readiness_of(services: ServicesOf) -> Readiness:
    """Ask what this process depends on."""
    database, replica = _database_answers(services), services.rankings.ready
    return Readiness(
        ready=database and replica,
        database=database,
        replica=replica,
        catalogue=_catalogue_answers(services),
        consumers=dict(services.consumers()),
    )


@router.get("/readyz", responses={503: {"model": Readiness, "description": "Not ready yet"}})
async def readyz(readiness: Annotated[Readiness, Depends(readiness_of)], response: Response) -> Readiness:
    """Whether the database answers and the replica of teams and challenges is loaded."""
    response.status_code = 200 if readiness.ready else 503
    return readiness


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics() -> Response:
    """Figures in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _database_answers(services: Services) -> bool:
    try:
        with services.database.read() as connection:
            connection.exec_driver_sql("SELECT 1")
    except Exception as error:
        if not is_transient(error):
            raise
        return False
    return True


def _catalogue_answers(services: Services) -> bool:
    try:
        services.catalogue.check()
    except CatalogueUnavailable:
        return False
    return True
