"""Who I am to this market."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.changes import ChangeOf, Reply
from api.identity import CurrentActor, ServicesOf
from api.rest.answers import refusals
from api.rest.fields import Flag, Input, Output, line
from domain.contacts import MOST_EMAIL, Contact, Language
from domain.errors import NotFound
from domain.organisations import OrganisationKind, Role
from infra.contacts import contact_of, set_contact
from infra.queries.reader_card import reader_card
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(tags=["me"])


class OrganisationOut(Output):
    """A factory or a school."""

    id: str
    kind: OrganisationKind
    name_zh: str
    name_en: str


class OwnTeamOut(Output):
    """A team that I am in."""

    id: str
    title: str
    is_captain: bool


class MeOut(Output):
    """A person with roles, home and teams; `unread` counts the inbox."""

    id: str
    login: str
    name_zh: str
    name_en: str
    roles: list[Role]
    organisation: OrganisationOut
    teams: list[OwnTeamOut]
    unread: int


class ContactIn(Input):
    """Where I want mail, if anywhere. Without an address, nothing of it is kept."""

    email: Annotated[str, line(MOST_EMAIL), Field(examples=["zhang@example.com"])] | None
    wants_mail: Flag = True
    language: Language = "zh"


class ContactOut(Output):
    """Where I want mail, and in which language; for nobody but me."""

    email: str | None
    wants_mail: bool
    language: Language


@router.get("/me")
def read_me(services: ServicesOf, actor: CurrentActor) -> MeOut:
    """The person whose token or session this is."""
    with services.database.read() as connection:
        card = reader_card(connection, actor.person_id)
    if card is None:
        raise NotFound(kind="person", id=actor.person_id)
    return MeOut(
        id=card.person_id,
        login=card.login,
        name_zh=card.name.zh,
        name_en=card.name.en,
        roles=sorted(card.roles),
        organisation=OrganisationOut(
            id=card.organisation.id,
            kind=card.organisation_kind,
            name_zh=card.organisation.zh,
            name_en=card.organisation.en,
        ),
        teams=[OwnTeamOut.model_validate(team) for team in card.teams],
        unread=card.unread,
    )


@router.get("/me/contact", responses=refusals(401))
def read_contact(services: ServicesOf, actor: CurrentActor) -> ContactOut:
    """The e-mail address that I gave, if I gave one."""
    with services.database.read() as connection:
        return ContactOut.model_validate(contact_of(connection, actor.person_id))


@router.put("/me/contact", response_model=ContactOut, responses=refusals(401, 422))
def replace_contact(change: ChangeOf, actor: CurrentActor, wanted: ContactIn) -> Response:
    """Say where I want mail of what my inbox is told; `email: null` takes the address back."""

    def act(work: SqlUnitOfWork) -> Reply:
        contact = Contact(wanted.email, wanted.wants_mail, wanted.language)
        set_contact(work.connection, actor.person_id, contact)
        return Reply(200, ContactOut.model_validate(contact_of(work.connection, actor.person_id)))

    return change.run(actor, act)
