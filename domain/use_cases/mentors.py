"""Naming who sees a project through: one of the team's schools, one of the factory."""

from collections.abc import Collection

from domain.errors import Invalid, NotFound
from domain.organisations import Person, Role
from domain.ports import UnitOfWork


class MentorElsewhere(Invalid):
    """The mentor belongs to no organisation that may name one here."""

    code = "mentor_elsewhere"


def require_mentor(work: UnitOfWork, person_id: str, organisations: Collection[str], field: str) -> Person:
    """The mentor, of one of `organisations`.

    Raises NotFound where the person is unknown or no mentor, MentorElsewhere where they are another's; both
    name the `field` of the input.
    """
    person = work.people.find([person_id]).get(person_id)
    if person is None or Role.MENTOR not in person.roles:
        raise NotFound(field=field, kind="mentor", id=person_id)
    if person.organisation_id not in organisations:
        raise MentorElsewhere(field=field, id=person_id)
    return person
