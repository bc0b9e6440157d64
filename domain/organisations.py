"""Factories and schools, and their people with roles."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from domain.aggregate import Aggregate
from domain.errors import Invalid, NotAllowed
from domain.events import OrganisationRegistered, OrganisationRenamed, PersonRegistered


class OrganisationKind(StrEnum):
    FACTORY = "factory"
    SCHOOL = "school"


class Role(StrEnum):
    """What a person may do in the organisation; a captain is the captain of one team, not a role."""

    ENGINEER = "engineer"
    FACTORY_ADMIN = "factory_admin"
    STUDENT = "student"
    MENTOR = "mentor"
    SCHOOL_ADMIN = "school_admin"
    ADMINISTRATOR = "administrator"


ROLES_OF_KIND = {
    OrganisationKind.FACTORY: {Role.ENGINEER, Role.FACTORY_ADMIN, Role.MENTOR, Role.ADMINISTRATOR},
    OrganisationKind.SCHOOL: {Role.STUDENT, Role.MENTOR, Role.SCHOOL_ADMIN, Role.ADMINISTRATOR},
}


@dataclass(kw_only=True)
class Organisation(Aggregate):
    """A factory or a school; every other thing belongs to one."""

    name: ClassVar[str] = "organisation"

    kind: OrganisationKind
    name_zh: str
    name_en: str
    city: str
    province: str

    @classmethod
    def register(
        cls, id: str, kind: OrganisationKind, name_zh: str, name_en: str, city: str, province: str
    ) -> "Organisation":
        organisation = cls(id=id, kind=kind, name_zh=name_zh, name_en=name_en, city=city, province=province)
        organisation.record(OrganisationRegistered(kind=kind))
        return organisation

    def rename(self, name_zh: str, name_en: str) -> None:
        """Take another name; the catalogue shows it on every challenge of a factory."""
        if not name_zh.strip() or not name_en.strip():
            raise Invalid(field="name_zh" if not name_zh.strip() else "name_en", reason="empty")
        self.name_zh, self.name_en = name_zh, name_en
        self.record(OrganisationRenamed())


@dataclass(kw_only=True)
class Person(Aggregate):
    """Somebody who signs in. `capacity` is how many projects a mentor takes at once."""

    name: ClassVar[str] = "person"

    organisation_id: str
    login: str
    name_zh: str
    name_en: str
    roles: frozenset[Role]
    capacity: int = 0

    @classmethod
    def register(
        cls,
        id: str,
        organisation: Organisation,
        login: str,
        name_zh: str,
        name_en: str,
        roles: frozenset[Role],
        capacity: int = 0,
    ) -> "Person":
        """Raises Invalid where the organisation's kind has no such role."""
        if not roles or not roles <= ROLES_OF_KIND[organisation.kind]:
            raise Invalid(field="roles", reason="not a role of this kind of organisation")
        person = cls(
            id=id,
            organisation_id=organisation.id,
            login=login,
            name_zh=name_zh,
            name_en=name_en,
            roles=roles,
            capacity=capacity,
        )
        person.record(PersonRegistered(organisation_id=organisation.id, roles=sorted(roles)))
        return person


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, as use cases need to know it; read from the database for each request."""

    person_id: str
    organisation_id: str
    roles: frozenset[Role]

    def has(self, *roles: Role) -> bool:
        """Whether the actor has one of `roles`; an administrator has all."""
        return Role.ADMINISTRATOR in self.roles or not self.roles.isdisjoint(roles)

    def require(self, *roles: Role, organisation_id: str | None = None) -> None:
        """Raise NotAllowed unless the actor has one of `roles`, in the organisation where one is given."""
        if not self.has(*roles):
            raise NotAllowed(needs=sorted(roles))
        belongs = organisation_id is None or self.organisation_id == organisation_id
        if not belongs and Role.ADMINISTRATOR not in self.roles:
            raise NotAllowed(reason="another organisation's")
