"""Whether a person has a part in one project."""

from sqlalchemy import Connection, select

from domain.organisations import Actor
from infra.queries.projects_of_person import has_part
from infra.tables.market import projects


def has_part_in(connection: Connection, actor: Actor, project_id: str) -> bool:
    """The rule of `projects_of_person` for one project."""
    query = select(projects.c.id).where(projects.c.id == project_id, has_part(actor))
    return connection.execute(query).first() is not None
