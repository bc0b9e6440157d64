"""Milestones with two separate signatures."""

from datetime import date, timedelta

import pytest

from domain.errors import Invalid, NotAllowed, NotFound, WrongState
from domain.events import MilestoneSigned, ProjectDelivered
from domain.progress import Health, progress_of
from domain.projects import Milestone, MilestoneState, Project, ProjectState
from tests.fakes.clock import START

SCHOOL, ENTERPRISE = "school-mentor", "enterprise-mentor"


@pytest.fixture
def project() -> Project:
    steps = [
        Milestone(id="m1", position=0, title="方案", due_on=date(2026, 3, 10)),
        Milestone(id="m2", position=1, title="试运行", due_on=date(2026, 3, 20)),
    ]
    project = Project.plan("p", "c", "b", "t", "f", SCHOOL, ENTERPRISE, steps, START)
    project.activate()
    return project


def sign_both(project: Project, milestone_id: str) -> None:
    project.submit_milestone(milestone_id, "完成", START)
    project.sign_milestone(milestone_id, SCHOOL, START)
    project.sign_milestone(milestone_id, ENTERPRISE, START)


def test_one_signature_does_not_complete_a_milestone(project: Project) -> None:
    project.submit_milestone("m1", "完成", START)
    project.sign_milestone("m1", ENTERPRISE, START)
    assert project.milestone("m1").state is MilestoneState.SUBMITTED
    project.sign_milestone("m1", SCHOOL, START)
    assert project.milestone("m1").state is MilestoneState.SIGNED
    signed = [event for _, event in project.take_events() if isinstance(event, MilestoneSigned)]
    assert [(event.side, event.complete) for event in signed] == [("enterprise", False), ("school", True)]


def test_a_mentor_signs_once(project: Project) -> None:
    project.submit_milestone("m1", "完成", START)
    project.sign_milestone("m1", SCHOOL, START)
    with pytest.raises(WrongState):
        project.sign_milestone("m1", SCHOOL, START)


def test_nobody_else_signs(project: Project) -> None:
    project.submit_milestone("m1", "完成", START)
    with pytest.raises(NotAllowed):
        project.sign_milestone("m1", "somebody", START)


def test_what_was_not_submitted_cannot_be_signed(project: Project) -> None:
    with pytest.raises(WrongState):
        project.sign_milestone("m1", SCHOOL, START)
    with pytest.raises(NotFound):
        project.sign_milestone("m9", SCHOOL, START)


def test_a_return_needs_a_reason_and_lapses_the_other_signature(project: Project) -> None:
    project.submit_milestone("m1", "完成", START)
    project.sign_milestone("m1", SCHOOL, START)
    with pytest.raises(Invalid):
        project.return_milestone("m1", ENTERPRISE, "  ")
    project.return_milestone("m1", ENTERPRISE, "缺少测量数据")
    assert project.milestone("m1").state is MilestoneState.RETURNED
    project.submit_milestone("m1", "补了数据", START)
    project.sign_milestone("m1", ENTERPRISE, START)
    assert project.milestone("m1").state is MilestoneState.SUBMITTED


def test_the_last_signature_delivers(project: Project) -> None:
    sign_both(project, "m1")
    before = project.state
    sign_both(project, "m2")
    assert (before, project.state) == (ProjectState.ACTIVE, ProjectState.DELIVERED)
    assert isinstance(project.take_events()[-1][1], ProjectDelivered)


def test_overdue_begins_after_the_day_in_china(project: Project) -> None:
    due = project.milestone("m1").overdue_from
    assert due.isoformat() == "2026-03-11T00:00:00+08:00"
    assert not project.mark_overdue("m1", due - timedelta(seconds=1))
    assert project.mark_overdue("m1", due)
    assert not project.mark_overdue("m1", due)


def test_a_submitted_milestone_is_not_overdue(project: Project) -> None:
    project.submit_milestone("m1", "完成", START)
    assert not project.mark_overdue("m1", START + timedelta(days=60))


def test_progress_counts_and_says_whom_it_waits_for(project: Project) -> None:
    sign_both(project, "m1")
    project.submit_milestone("m2", "完成", START)
    project.sign_milestone("m2", SCHOOL, START)
    progress = progress_of(project, START)
    assert (progress.signed, progress.submitted, progress.percent) == (1, 1, 50)
    assert (progress.waits_for_school, progress.waits_for_enterprise) == (False, True)
    assert progress.next_due_on == date(2026, 3, 20)


@pytest.mark.parametrize(
    ("late", "health"), [([], Health.OK), (["m1"], Health.WATCH), (["m1", "m2"], Health.STOP)]
)
def test_late_milestones_decide_the_health(project: Project, late: list[str], health: Health) -> None:
    for milestone_id in late:
        project.mark_overdue(milestone_id, START + timedelta(days=60))
    assert progress_of(project, START).health is health


def test_a_project_that_runs_is_stopped_for_a_reason(project: Project) -> None:
    with pytest.raises(Invalid):
        project.stop("  ")
    project.stop("产线停了")
    assert (project.state, project.stopped_reason) == (ProjectState.STOPPED, "产线停了")
    with pytest.raises(WrongState):
        project.submit_milestone("m1", "完成", START)
    with pytest.raises(WrongState):
        project.stop("再停一次")
