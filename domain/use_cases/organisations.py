"""Tenants and their people."""

from domain.organisations import Actor, Organisation, Role
from domain.ports import UnitOfWork


def rename_organisation(
    work: UnitOfWork, actor: Actor, organisation_id: str, name_zh: str, name_en: str
) -> Organisation:
    """Give an organisation another name, on its challenges in the catalogue, too."""
    actor.require(Role.FACTORY_ADMIN, Role.SCHOOL_ADMIN, organisation_id=organisation_id)
    organisation = work.organisations.get(organisation_id)
    organisation.rename(name_zh, name_en)
    work.organisations.save(organisation)
    work.challenges.refresh_listings_of(organisation_id)
    return organisation
