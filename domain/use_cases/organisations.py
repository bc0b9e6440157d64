"""Tenants and their people."""

from domain.errors import StaleAggregate
from domain.organisations import Actor, Organisation, Role
from domain.ports import UnitOfWork


def rename_organisation(
    work: UnitOfWork,
    actor: Actor,
    organisation_id: str,
    name_zh: str | None,
    name_en: str | None,
    version: int | None = None,
) -> Organisation:
    """Give an organisation another name, on its challenges in the catalogue, too; None keeps one as it is.

    Raises NotAllowed, NotFound, Invalid, and StaleAggregate where the actor read another `version`.
    """
    actor.require(Role.FACTORY_ADMIN, Role.SCHOOL_ADMIN, organisation_id=organisation_id)
    organisation = work.organisations.get(organisation_id)
    if version is not None and version != organisation.version:
        raise StaleAggregate(kind=Organisation.name, id=organisation_id, version=organisation.version)
    organisation.rename(
        organisation.name_zh if name_zh is None else name_zh,
        organisation.name_en if name_en is None else name_en,
    )
    work.organisations.save(organisation)
    work.challenges.refresh_listings_of(organisation_id)
    return organisation
