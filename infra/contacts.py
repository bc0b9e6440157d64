"""Where people want mail. The caller commits what is changed; no event tells of it."""

from sqlalchemy import Connection, delete, select

from domain.contacts import Contact
from infra.sql import insert_or
from infra.tables.market import contacts


def contact_of(connection: Connection, person_id: str) -> Contact:
    """A person's contact; an empty one where they gave no address."""
    columns = contacts.c
    query = select(columns.email, columns.wants_mail, columns.language)
    row = connection.execute(query.where(columns.person_id == person_id)).one_or_none()
    return Contact(*row) if row else Contact()


def set_contact(connection: Connection, person_id: str, contact: Contact) -> None:
    """Replace a person's contact; without an address, nothing of it is kept."""
    if contact.email is None:
        connection.execute(delete(contacts).where(contacts.c.person_id == person_id))
        return
    values = {"email": contact.email, "wants_mail": contact.wants_mail, "language": contact.language}
    statement = insert_or(connection, contacts).values(person_id=person_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))
