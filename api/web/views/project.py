"""A project's page for one reader: how it stands, its milestones with both seals, and what they can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from api.web.figures import Timeline, Track, milestone_track
from api.web.i18n import current_reader
from api.web.visit import Visit
from domain.errors import NotFound
from domain.organisations import Role
from domain.progress import Health
from domain.projects import MilestoneState, ProjectState, Side
from domain.use_cases.closing import may_stop
from infra.file_rows import MILESTONE, FileInfo, files_of
from infra.queries.names import Name
from infra.queries.project_part import has_part_in
from infra.queries.project_sheet import MilestoneLine, ProjectSheet, project_sheet

RUNNING = (ProjectState.PLANNING, ProjectState.ACTIVE)
SERIOUS_DAYS = 5
"""For so many days may something wait before it is serious."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A signature that is missing: whose, for which step and for how many days."""

    side: Side
    mentor: Name
    step: MilestoneLine
    days: int


@dataclass(frozen=True, slots=True)
class StepRow:
    """A milestone on the timeline; `late` days behind its due day, 0 where in time."""

    step: MilestoneLine
    number: int
    track: Track
    start: date
    done_to: date | None
    late: int
    waits_for: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class ProjectView:
    """What the page shows. `side` is the reader's where they are one of the mentors."""

    sheet: ProjectSheet
    rows: tuple[StepRow, ...]
    timeline: Timeline
    today: date
    selected: StepRow
    files: tuple[FileInfo, ...]
    waiting: tuple[Waiting, ...]
    side: Side | None
    in_team: bool
    may_accept: bool
    may_stop: bool

    @property
    def href(self) -> str:
        """The page's address."""
        return f"/projects/{self.sheet.id}"

    @property
    def may_add_files(self) -> bool:
        """Whether the reader works on the project: the team and both mentors do."""
        return self.running and (self.in_team or self.side is not None)

    @property
    def signed(self) -> int:
        """How many milestones both mentors signed."""
        return sum(row.step.state is MilestoneState.SIGNED for row in self.rows)

    @property
    def running(self) -> bool:
        """Whether milestones are submitted and signed now."""
        return self.sheet.state is ProjectState.ACTIVE

    @property
    def mine(self) -> Waiting | None:
        """The oldest signature that is asked of the reader."""
        return next((one for one in self.waiting if one.side is self.side), None)

    @property
    def sign_off(self) -> Health:
        """How signing stands."""
        if not self.waiting:
            return Health.OK
        return Health.STOP if self.waiting[0].days >= SERIOUS_DAYS else Health.WATCH

    @property
    def late(self) -> Sequence[StepRow]:
        """The steps that are behind their day and not submitted."""
        return [row for row in self.rows if row.late and not row.waits_for and not _is_signed(row.step)]

    @property
    def schedule(self) -> Health:
        """How the plan stands: one late step asks to watch, two are serious."""
        return (Health.OK, Health.WATCH, Health.STOP)[min(2, len(self.late))]

    @property
    def other_side(self) -> Side:
        """The side that is shown second: the other mentor's, or the enterprise's for everybody else."""
        return Side.SCHOOL if self.side is Side.ENTERPRISE else Side.ENTERPRISE

    @property
    def first_side(self) -> Side:
        """The side that is shown first: the reader's own."""
        return self.side or Side.SCHOOL


def project_view(visit: Visit, project_id: str, milestone_id: str | None = None) -> ProjectView:
    """The project with one milestone selected; raises NotFound for those who have no part in it."""
    with visit.services.database.read() as connection:
        sheet = project_sheet(connection, project_id)
        if sheet is None or not has_part_in(connection, visit.me, project_id):
            raise NotFound(kind="project", id=project_id)
        files = files_of(connection, MILESTONE, [step.id for step in sheet.milestones])
    today = current_reader().local(visit.now).date()
    timeline = _timeline(sheet, today)
    rows = _rows(sheet, timeline, today)
    waiting = _waiting(sheet, visit)
    side = sheet.side_of(visit.viewer.person_id)
    selected = _selected(rows, waiting, side, milestone_id)
    return ProjectView(
        sheet=sheet,
        rows=rows,
        timeline=timeline,
        today=today,
        selected=selected,
        files=tuple(file for file in files if file.subject_id == selected.step.id),
        waiting=waiting,
        side=side,
        in_team=visit.viewer.person_id in sheet.member_ids,
        may_accept=sheet.state is ProjectState.DELIVERED and _is_of_factory(visit, sheet),
        may_stop=sheet.state in RUNNING
        and may_stop(visit.me, sheet.source.challenge.factory_id, sheet.school_ids),
    )


def _is_of_factory(visit: Visit, sheet: ProjectSheet) -> bool:
    of_factory = visit.viewer.organisation_id == sheet.source.challenge.factory_id
    return (of_factory or visit.viewer.is_administrator) and visit.me.has(Role.ENGINEER, Role.FACTORY_ADMIN)


def _timeline(sheet: ProjectSheet, today: date) -> Timeline:
    started = current_reader().local(sheet.started_at).date()
    shown = [started, *(step.due_on for step in sheet.milestones)]
    if sheet.state in RUNNING:
        shown.append(today)
    return Timeline.around(shown)


def _rows(sheet: ProjectSheet, timeline: Timeline, today: date) -> tuple[StepRow, ...]:
    """Each step is planned from behind the one before it to its own day."""
    start = timeline.first
    running = sheet.state is ProjectState.ACTIVE
    rows = []
    for number, step in enumerate(sheet.milestones, 1):
        begun = running and not any(not _is_done(earlier) for earlier in sheet.milestones[: number - 1])
        done_to = _done_to(step, today if begun else None)
        late = max(0, (done_to - step.due_on).days) if done_to else 0
        if step.overdue and not _is_done(step):
            late = max(late, (today - step.due_on).days)
        due = max(step.due_on, start)
        rows.append(
            StepRow(
                step,
                number,
                milestone_track(timeline, start, due, done_to),
                start,
                done_to,
                late,
                tuple(side for side in Side if step.waits_for(side)),
            )
        )
        start = min(due + timedelta(days=1), timeline.last)
    return tuple(rows)


def _done_to(step: MilestoneLine, today: date | None) -> date | None:
    if step.submitted_at is not None and _is_done(step):
        return current_reader().local(step.submitted_at).date()
    return today


def _is_done(step: MilestoneLine) -> bool:
    return step.state in (MilestoneState.SUBMITTED, MilestoneState.SIGNED)


def _is_signed(step: MilestoneLine) -> bool:
    return step.state is MilestoneState.SIGNED


def _waiting(sheet: ProjectSheet, visit: Visit) -> tuple[Waiting, ...]:
    """The missing signatures, the one that waits longest first."""
    found = [
        Waiting(side, sheet.mentor(side), step, (visit.now - step.submitted_at).days)
        for step in sheet.milestones
        for side in Side
        if step.waits_for(side) and step.submitted_at is not None
    ]
    return tuple(sorted(found, key=lambda one: -one.days))


def _selected(
    rows: Sequence[StepRow], waiting: Sequence[Waiting], side: Side | None, milestone_id: str | None
) -> StepRow:
    """The milestone that was asked for; else what waits for the reader, for anybody, or is next."""
    if milestone_id is not None:
        found = next((row for row in rows if row.step.id == milestone_id), None)
        if found is None:
            raise NotFound(kind="milestone", id=milestone_id)
        return found
    own = [one.step.id for one in waiting if one.side is side]
    first = next(iter([*own, *(one.step.id for one in waiting)]), None)
    if first is not None:
        return next(row for row in rows if row.step.id == first)
    return next((row for row in rows if not _is_signed(row.step)), rows[-1])
