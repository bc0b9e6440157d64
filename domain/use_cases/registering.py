"""Who takes part: organisations, their people, and the first of all administrators."""

import re
from dataclasses import dataclass

from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.organisations import Actor, Organisation, OrganisationKind, Person, Role
from domain.ports import UnitOfWork
from domain.students import Student

LOGIN = r"^[a-z0-9][a-z0-9._@-]{0,99}$"
"""What people sign in with: small Latin letters, digits and a few signs, so that everybody can type it."""
MOST_ORGANISATION_NAME, MOST_PERSON_NAME, MOST_PLACE = 200, 100, 100
MOST_CAPACITY = 100
_NOT_IN_A_LINE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class LoginTaken(Conflict):
    """Somebody else signs in with that name."""

    code = "login_taken"


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """A factory or a school; names in both languages, and where it is."""

    kind: OrganisationKind
    name_zh: str
    name_en: str
    city: str
    province: str


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody of an organisation; `capacity` is how many projects a mentor takes at once, 0 for others."""

    login: str
    name_zh: str
    name_en: str
    roles: frozenset[Role]
    capacity: int = 0


def register_organisation(work: UnitOfWork, actor: Actor, wanted: NewOrganisation) -> Organisation:
    """Let an organisation take part, as an administrator.

    Raises NotAllowed, and what `add_organisation` does.
    """
    actor.require(Role.ADMINISTRATOR)
    return add_organisation(work, wanted)


def register_person(work: UnitOfWork, actor: Actor, organisation_id: str, wanted: NewPerson) -> Person:
    """Let a person take part: an administrator anybody, an organisation's own administrator its people.

    Raises NotAllowed, NotFound for the organisation, and what `add_person` does.
    """
    require_registrar(actor, organisation_id)
    if Role.ADMINISTRATOR in wanted.roles and Role.ADMINISTRATOR not in actor.roles:
        raise NotAllowed(reason="only an administrator makes another")
    organisation = work.organisations.find([organisation_id]).get(organisation_id)
    if organisation is None:
        raise NotFound(field="organisation_id", kind=Organisation.name, id=organisation_id)
    return add_person(work, organisation, wanted)


def require_registrar(actor: Actor, organisation_id: str) -> None:
    """Raise NotAllowed unless the actor registers people of the organisation."""
    actor.require(Role.FACTORY_ADMIN, Role.SCHOOL_ADMIN, organisation_id=organisation_id)


def add_organisation(work: UnitOfWork, wanted: NewOrganisation) -> Organisation:
    """The same for whoever runs the installation. Raises Invalid for a name or place that cannot be kept."""
    for field in ("name_zh", "name_en"):
        _require_line(getattr(wanted, field), field, MOST_ORGANISATION_NAME)
    for field in ("city", "province"):
        _require_line(getattr(wanted, field), field, MOST_PLACE)
    organisation = Organisation.register(
        work.new_id(), wanted.kind, wanted.name_zh, wanted.name_en, wanted.city, wanted.province
    )
    work.organisations.save(organisation)
    return organisation


def add_person(work: UnitOfWork, organisation: Organisation, wanted: NewPerson) -> Person:
    """The same for whoever runs the installation; a student is enrolled, too.

    Raises Invalid for what cannot be kept or a role that the organisation does not have, and LoginTaken.
    """
    if re.fullmatch(LOGIN, wanted.login) is None:
        raise Invalid(field="login", reason="not a login")
    _require_line(wanted.name_zh, "name_zh", MOST_PERSON_NAME)
    _require_line(wanted.name_en, "name_en", MOST_PERSON_NAME)
    least = 1 if Role.MENTOR in wanted.roles else 0
    if not least <= wanted.capacity <= least * MOST_CAPACITY:
        raise Invalid(field="capacity", reason="capacity of a mentor", most=MOST_CAPACITY)
    if taken := work.people.logins_among([wanted.login]):
        raise LoginTaken(field="login", login=min(taken))
    person = Person.register(
        work.new_id(),
        organisation,
        wanted.login,
        wanted.name_zh,
        wanted.name_en,
        wanted.roles,
        wanted.capacity,
    )
    work.people.save(person)
    if Role.STUDENT in wanted.roles:
        work.students.save(Student.enrol(person.id, organisation.id))
    return person


def _require_line(text: str, field: str, most: int) -> None:
    if not text.strip():
        raise Invalid(field=field, reason="empty")
    if len(text) > most or _NOT_IN_A_LINE.search(text):
        raise Invalid(field=field, reason="not a line", most=most)
