"""What is shown of a project's progress, on both databases."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from domain.matching.taxonomy import Taxonomy
from domain.progress import Health, ProjectProgress
from domain.projects import ProjectState
from infra.tables.projections import project_progress
from infra.unit_of_work import Store
from tests.fakes.clock import START
from tests.market import build_market, running_project

SHOWN = ProjectProgress(
    project_id="",
    version=7,
    state=ProjectState.ACTIVE,
    milestones=2,
    signed=1,
    submitted=0,
    overdue=0,
    health=Health.OK,
    next_due_on=date(2026, 4, 8),
    waits_for_school=False,
    waits_for_enterprise=False,
    updated_at=START,
)


@pytest.mark.parametrize(("second", "shown"), [(6, 7), (7, 7), (8, 8)])
def test_only_a_newer_version_replaces_what_is_shown(store: Store, second: int, shown: int) -> None:
    taxonomy = Taxonomy.load()
    project = running_project(store, build_market(store, taxonomy), taxonomy)
    for version in (7, second):
        with store.begin() as work:
            told = replace(SHOWN, project_id=project.id, version=version, signed=version - 6)
            work.progress.save([told])
            work.commit()
    with store.database.read() as connection:
        (row,) = connection.execute(select(project_progress.c.version, project_progress.c.signed)).all()
    assert tuple(row) == (shown, shown - 6)
