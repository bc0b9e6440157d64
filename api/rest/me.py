"""Who I am to this market."""

from fastapi import APIRouter

from api.identity import CurrentActor, ServicesOf
from api.rest.fields import Output
from domain.errors import NotFound
from domain.organisations import OrganisationKind, Role
from infra.queries.reader_card import reader_card

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
