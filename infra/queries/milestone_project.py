"""Which project a milestone is of."""

from sqlalchemy import Connection, select

from infra.tables.market import milestones


def project_of_milestone(connection: Connection, milestone_id: str) -> str | None:
    """The project's id; None where there is no such milestone."""
    query = select(milestones.c.project_id).where(milestones.c.id == milestone_id)
    return connection.execute(query).scalar_one_or_none()
