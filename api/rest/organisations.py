"""Factories and schools: letting them take part, and what they are called."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.changes import ChangeOf, ChangeOnce, Reply
from api.etags import ExpectedVersion
from api.identity import CurrentActor, ServicesOf
from api.rest.answers import ETAG, LOCATION, answered, refusals, success
from api.rest.fields import Cursor, Id, Input, Limit, Output, Page, line
from api.rest.paging import cursor_after, text_of
from domain.errors import NotFound
from domain.organisations import OrganisationKind
from domain.use_cases.organisations import rename_organisation
from domain.use_cases.registering import (
    MOST_ORGANISATION_NAME,
    MOST_PLACE,
    NewOrganisation,
    register_organisation,
)
from infra.queries.organisation_lines import OrganisationSheet, organisation_sheet, organisation_sheets
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(prefix="/organisations", tags=["organisations"])

Name = Annotated[str, line(MOST_ORGANISATION_NAME)]
Place = Annotated[str, line(MOST_PLACE)]


class OrganisationIn(Input):
    """A new factory or school. Its place counts in the score of its challenges or teams."""

    kind: OrganisationKind
    name_zh: Name
    name_en: Name
    city: Annotated[Place, Field(examples=["常州"])]
    province: Annotated[Place, Field(examples=["江苏"])]


class OrganisationNames(Input):
    """What it is called from now on; a name that is left out stays."""

    name_zh: Name | None = None
    name_en: Name | None = None


class OrganisationSheetOut(Output):
    """A factory or a school, and where it is."""

    id: str
    version: int
    kind: OrganisationKind
    name_zh: str
    name_en: str
    city: str
    province: str


@router.get("", responses=refusals(401, 422))
def list_organisations(
    services: ServicesOf,
    _: CurrentActor,
    kind: Annotated[OrganisationKind | None, Query()] = None,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[Limit, Query()] = 20,
) -> Page[OrganisationSheetOut]:
    """All that take part, in the order of their registration."""
    with services.database.read() as connection:
        found, total = organisation_sheets(connection, kind, text_of(cursor), limit)
    items = [OrganisationSheetOut.model_validate(one) for one in found]
    return Page(items=items, total=total, next_cursor=cursor_after([one.id for one in items], limit))


@router.get(
    "/{organisation_id}",
    response_model=OrganisationSheetOut,
    responses=success(200, "The organisation") | refusals(401, 404, 422),
)
def read_organisation(organisation_id: Id, services: ServicesOf, _: CurrentActor) -> Response:
    """One of them, with its version for If-Match."""
    with services.database.read() as connection:
        found = _known(organisation_sheet(connection, organisation_id), organisation_id)
    return answered(OrganisationSheetOut.model_validate(found), found.version)


@router.post(
    "",
    status_code=201,
    response_model=OrganisationSheetOut,
    responses=success(201, "Registered", ETAG | LOCATION) | refusals(401, 403, 422),
)
def register(change: ChangeOnce, actor: CurrentActor, wanted: OrganisationIn) -> Response:
    """Let a factory or a school take part, as an administrator of the platform."""

    def act(work: SqlUnitOfWork) -> Reply:
        organisation = register_organisation(work, actor, NewOrganisation(**wanted.model_dump()))
        location = f"/api/v1/organisations/{organisation.id}"
        body = OrganisationSheetOut.model_validate(organisation)
        return Reply(201, body, organisation.version, location)

    return change.run(actor, act)


@router.patch(
    "/{organisation_id}",
    response_model=OrganisationSheetOut,
    responses=success(200, "Renamed") | refusals(401, 403, 404, 409, 412, 422, 428),
)
def rename(
    organisation_id: Id,
    change: ChangeOf,
    actor: CurrentActor,
    version: ExpectedVersion,
    wanted: OrganisationNames,
) -> Response:
    """Call it something else, as its own administrator or the platform's; its challenges follow at once."""

    def act(work: SqlUnitOfWork) -> Reply:
        organisation = rename_organisation(
            work, actor, organisation_id, wanted.name_zh, wanted.name_en, version
        )
        return Reply(200, OrganisationSheetOut.model_validate(organisation), organisation.version)

    return change.run(actor, act)


def _known(found: OrganisationSheet | None, organisation_id: str) -> OrganisationSheet:
    if found is None:
        raise NotFound(kind="organisation", id=organisation_id)
    return found
