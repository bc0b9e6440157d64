"""What a mail is made of, read at the moment of sending: so that what was taken back is not mailed."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from domain.audience import Confidentiality, Viewer, may_see_listing
from domain.contacts import Language
from domain.notices import Notice
from domain.organisations import Role
from domain.ports import Delivery
from infra.queries.documents import listings
from infra.tables.market import contacts, people
from infra.tables.projections import notifications


@dataclass(frozen=True, slots=True)
class MailLine:
    """A line of an inbox with where to mail it; the title is None where it must not leave the market."""

    email: str
    language: Language
    line_id: int
    notice: Notice
    number: int
    title: str | None


def mail_line(connection: Connection, delivery: Delivery) -> MailLine | None:
    """None where nobody is to be mailed any more.

    That is: the person, the address, the wish for mail or the line has gone, or the person may no longer
    know of the challenge.
    """
    event_id, kind = delivery.payload["event_id"], delivery.payload["kind"]
    columns = notifications.c
    row = connection.execute(
        select(
            contacts.c.email,
            contacts.c.language,
            people.c.organisation_id,
            people.c.roles,
            columns.id,
            columns.challenge_id,
        )
        .join(people, people.c.id == columns.person_id)
        .join(contacts, contacts.c.person_id == people.c.id)
        .where(columns.event_id == event_id, columns.person_id == delivery.address, columns.kind == kind)
        .where(contacts.c.wants_mail)
    ).one_or_none()
    found = listings(connection, [row.challenge_id]) if row else []
    if row is None or not found:
        return None
    challenge = found[0].challenge
    reader = Viewer(delivery.address, row.organisation_id, Role.ADMINISTRATOR in row.roles)
    if not may_see_listing(challenge.audience, challenge.factory_id, reader):
        return None
    confidential = challenge.brief.confidentiality is Confidentiality.NDA
    return MailLine(
        email=row.email,
        language=row.language,
        line_id=row.id,
        notice=Notice(kind),
        number=challenge.number,
        title=None if confidential else challenge.brief.title,
    )
