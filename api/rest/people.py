"""People of organisations: letting them take part, with the password that they first sign in with."""

from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BeforeValidator, Field, StringConstraints
from starlette.responses import Response

from api.changes import ChangeOnce, Reply
from api.identity import CurrentActor, ServicesOf
from api.rest.answers import ETAG, LOCATION, answered, refusals, success
from api.rest.fields import Cursor, Id, Input, Limit, Output, Page, line
from api.rest.paging import cursor_after, text_of
from domain.errors import NotAllowed, NotFound
from domain.organisations import Actor, Person, Role
from domain.passwords import MOST, check_new_password
from domain.use_cases.registering import (
    LOGIN,
    MOST_CAPACITY,
    MOST_PERSON_NAME,
    NewPerson,
    register_person,
    require_registrar,
)
from infra.accounts import new_password, set_password
from infra.queries.people_lines import people_of, person_line
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(prefix="/people", tags=["people"])

PersonName = Annotated[str, line(MOST_PERSON_NAME)]
NEVER_KEPT = {"Cache-Control": "no-store"}


class PersonIn(Input):
    """Somebody new. Without a `password` the server makes one; both kinds should be changed soon."""

    organisation_id: Id
    login: Annotated[str, StringConstraints(pattern=LOGIN), Field(examples=["zhang.wei"])]
    name_zh: PersonName
    name_en: PersonName
    roles: Annotated[list[Role], Field(min_length=1, max_length=len(Role), examples=[["engineer"]])]
    capacity: Annotated[
        int,
        Field(strict=True, ge=0, le=MOST_CAPACITY, description="How many projects a mentor takes at once."),
    ] = 0
    password: Annotated[str, StringConstraints(max_length=MOST)] | None = None

    @property
    def person(self) -> NewPerson:
        """The same for the domain."""
        return NewPerson(self.login, self.name_zh, self.name_en, frozenset(self.roles), self.capacity)


class PersonOut(Output):
    """Somebody of an organisation."""

    id: str
    version: int
    organisation_id: str
    login: str
    name_zh: str
    name_en: str
    roles: Annotated[list[Role], BeforeValidator(sorted)]
    capacity: int


class NewPersonOut(PersonOut):
    """Somebody new. `initial_password` is what the server made, shown this once: a repetition has null."""

    initial_password: str | None

    @classmethod
    def of(cls, person: Person, initial_password: str | None) -> Self:
        """The person, with the password to hand over."""
        known = PersonOut.model_validate(person).model_dump()
        return cls(**known, initial_password=initial_password)


@router.get("", responses=refusals(401, 403, 422))
def list_people(
    services: ServicesOf,
    actor: CurrentActor,
    organisation_id: Annotated[Id | None, Query(description="Mine, where none is named.")] = None,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[Limit, Query()] = 20,
) -> Page[PersonOut]:
    """An organisation's people, for its own administrator or the platform's."""
    chosen = organisation_id or actor.organisation_id
    require_registrar(actor, chosen)
    with services.database.read() as connection:
        found, total = people_of(connection, chosen, text_of(cursor), limit)
    items = [PersonOut.model_validate(one) for one in found]
    return Page(items=items, total=total, next_cursor=cursor_after([one.id for one in items], limit))


@router.get(
    "/{person_id}",
    response_model=PersonOut,
    responses=success(200, "The person") | refusals(401, 404, 422),
)
def read_person(person_id: Id, services: ServicesOf, actor: CurrentActor) -> Response:
    """Somebody whom I may register; to everybody else there is no such person."""
    with services.database.read() as connection:
        found = person_line(connection, person_id)
    if found is None or not _may_register(actor, found.organisation_id):
        raise NotFound(kind="person", id=person_id)
    return answered(PersonOut.model_validate(found), found.version)


@router.post(
    "",
    status_code=201,
    response_model=NewPersonOut,
    responses=success(201, "Registered", ETAG | LOCATION) | refusals(401, 403, 409, 422),
)
def register(services: ServicesOf, change: ChangeOnce, actor: CurrentActor, wanted: PersonIn) -> Response:
    """Let somebody take part: an organisation's administrator its own people, the platform's anybody.

    Students are enrolled at their school and can rate their skills as soon as they sign in.
    """
    require_registrar(actor, wanted.organisation_id)
    if wanted.password is not None:
        check_new_password(wanted.password, wanted.login, field="password")
    made = new_password() if wanted.password is None else None
    # Before the transaction, which would keep others from writing while it takes its time.
    hashed = services.passwords.hash(made or wanted.password or "")

    def act(work: SqlUnitOfWork) -> Reply:
        person = register_person(work, actor, wanted.organisation_id, wanted.person)
        set_password(work.connection, person.id, hashed)
        return Reply(
            201,
            NewPersonOut.of(person, made),
            person.version,
            f"/api/v1/people/{person.id}",
            repeated=NewPersonOut.of(person, None),
        )

    response = change.keeping_back(wanted, "password").run(actor, act)
    response.headers.update(NEVER_KEPT)
    return response


def _may_register(actor: Actor, organisation_id: str) -> bool:
    try:
        require_registrar(actor, organisation_id)
    except NotAllowed:
        return False
    return True
