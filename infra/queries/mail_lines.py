"""What a mail is made of, read at the moment of sending: so that what was taken back is not mailed."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from domain.audience import Confidentiality, Viewer, may_see_listing
from domain.contacts import Language
from domain.notices import Notice
from domain.organisations import Role
from domain.ports import Delivery
from infra.queries.documents import listings
from infra.queries.invitations import invitations_of
from infra.tables.market import contacts, people
from infra.tables.projections import notifications


@dataclass(frozen=True, slots=True)
class MailLine:
    """A line of an inbox with where to mail it; the title is None where it must not leave the market.

    One about a team has no number, and the team's name as its title.
    """

    email: str
    language: Language
    line_id: int
    notice: Notice
    number: int | None
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
            columns.subject,
        )
        .join(people, people.c.id == columns.person_id)
        .join(contacts, contacts.c.person_id == people.c.id)
        .where(columns.event_id == event_id, columns.person_id == delivery.address, columns.kind == kind)
        .where(contacts.c.wants_mail)
    ).one_or_none()
    if row is None:
        return None
    reader = Viewer(delivery.address, row.organisation_id, Role.ADMINISTRATOR in row.roles)
    about: tuple[int | None, str | None] | None
    if kind == Notice.TEAM_INVITATION:
        about = _team(connection, row.subject, delivery.address)
    else:
        about = _challenge(connection, row.challenge_id, reader)
    if about is None:
        return None
    number, title = about
    return MailLine(row.email, row.language, row.id, Notice(kind), number, title)


def _challenge(connection: Connection, challenge_id: str, reader: Viewer) -> tuple[int, str | None] | None:
    """Number and title, as far as the reader may know of it."""
    found = listings(connection, [challenge_id])
    if not found or not may_see_listing(found[0].challenge.audience, found[0].challenge.factory_id, reader):
        return None
    challenge = found[0].challenge
    confidential = challenge.brief.confidentiality is Confidentiality.NDA
    return challenge.number, None if confidential else challenge.brief.title


def _team(connection: Connection, team_id: str, student_id: str) -> tuple[None, str] | None:
    """The name of a team that still waits for the student's answer."""
    waiting = next((one for one in invitations_of(connection, student_id) if one.team_id == team_id), None)
    return (None, waiting.title) if waiting else None
