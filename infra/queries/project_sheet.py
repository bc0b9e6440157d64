"""One project with everything that its page shows."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from domain.errors import NotFound
from domain.projects import MilestoneState, ProjectState, Side
from infra.queries.challenge_sheet import ChallengeSheet, challenge_sheet
from infra.queries.names import Name, names_of_people
from infra.tables.market import milestones, projects, team_members, teams


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A step of a project and its two signatures."""

    id: str
    position: int
    title: str
    due_on: date
    state: MilestoneState
    note: str
    submitted_at: datetime | None
    returned_reason: str
    school_signed_at: datetime | None
    enterprise_signed_at: datetime | None
    overdue: bool

    def signed_at(self, side: Side) -> datetime | None:
        """When that side's mentor signed."""
        return self.school_signed_at if side is Side.SCHOOL else self.enterprise_signed_at

    def waits_for(self, side: Side) -> bool:
        """Whether it was submitted and that side's mentor has not signed."""
        return self.state is MilestoneState.SUBMITTED and self.signed_at(side) is None

    @property
    def signed_completely_at(self) -> datetime | None:
        """When the second mentor signed."""
        if self.school_signed_at is None or self.enterprise_signed_at is None:
            return None
        return max(self.school_signed_at, self.enterprise_signed_at)


@dataclass(frozen=True, slots=True)
class ProjectSheet:
    """A project, its challenge, its team and its two mentors; milestones in their order, at least one."""

    id: str
    version: int
    state: ProjectState
    started_at: datetime
    delivered_at: datetime | None
    stopped_reason: str | None
    source: ChallengeSheet
    team_id: str
    team_title: str
    school_ids: tuple[str, ...]
    captain_id: str
    member_ids: tuple[str, ...]
    school_mentor: Name
    enterprise_mentor: Name
    milestones: tuple[MilestoneLine, ...]

    def mentor(self, side: Side) -> Name:
        """The mentor of that side."""
        return self.school_mentor if side is Side.SCHOOL else self.enterprise_mentor

    def side_of(self, person_id: str | None) -> Side | None:
        """The side for which the person signs; None for anybody but the two mentors."""
        return next((side for side in Side if self.mentor(side).id == person_id), None)


def project_sheet(connection: Connection, project_id: str) -> ProjectSheet | None:
    """The project, whoever may see it; None where there is none."""
    query = (
        select(projects, teams.c.title, teams.c.captain_id, teams.c.school_ids)
        .join(teams, teams.c.id == projects.c.team_id)
        .where(projects.c.id == project_id)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    source = challenge_sheet(connection, row.challenge_id)
    if source is None:
        raise NotFound(kind="challenge", id=row.challenge_id)
    mentors = names_of_people(connection, [row.school_mentor_id, row.enterprise_mentor_id])
    return ProjectSheet(
        id=row.id,
        version=row.version,
        state=row.state,
        started_at=row.started_at,
        delivered_at=row.delivered_at,
        stopped_reason=row.stopped_reason,
        source=source,
        team_id=row.team_id,
        team_title=row.title,
        school_ids=row.school_ids,
        captain_id=row.captain_id,
        member_ids=_members(connection, row.team_id),
        school_mentor=mentors[row.school_mentor_id],
        enterprise_mentor=mentors[row.enterprise_mentor_id],
        milestones=_milestones(connection, project_id),
    )


def _members(connection: Connection, team_id: str) -> tuple[str, ...]:
    roster = (
        select(team_members.c.student_id)
        .where(team_members.c.team_id == team_id)
        .order_by(team_members.c.position)
    )
    return tuple(connection.execute(roster).scalars())


def _milestones(connection: Connection, project_id: str) -> tuple[MilestoneLine, ...]:
    columns = [column for column in milestones.c if column.name != "project_id"]
    steps = select(*columns).where(milestones.c.project_id == project_id).order_by(milestones.c.position)
    return tuple(MilestoneLine(**row._mapping) for row in connection.execute(steps))
