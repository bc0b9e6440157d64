"""How a project stands by its rows now; lists show what the processor derived a moment ago."""

from datetime import datetime

from sqlalchemy import Connection, select

from domain.progress import ProjectProgress, progress_of
from domain.projects import Project
from infra.repositories.projects import milestone_of
from infra.tables.market import milestones, projects


def progress_now(connection: Connection, project_id: str, now: datetime) -> ProjectProgress | None:
    """The project's figures; None where there is no such project."""
    row = connection.execute(select(projects).where(projects.c.id == project_id)).one_or_none()
    if row is None:
        return None
    steps = select(milestones).where(milestones.c.project_id == project_id).order_by(milestones.c.position)
    found = [milestone_of(step) for step in connection.execute(steps).mappings()]
    return progress_of(Project(**row._mapping, milestones=found), now)
