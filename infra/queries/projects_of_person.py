"""The projects in which a person has a part, with how they stand and what waits for whom."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Column, ColumnElement, Connection, ScalarSelect, and_, func, or_, select, true

from domain.organisations import Actor, Role
from domain.progress import Health
from domain.projects import MilestoneState, ProjectState
from infra.queries.names import Name
from infra.tables.market import (
    challenges,
    milestones,
    organisations,
    projects,
    students,
    team_members,
    teams,
)
from infra.tables.projections import project_progress

MOST = 200


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project in a list. The figures are the last that were derived; 0 milestones before the first.

    `unsigned_by_school_since` and its like: when the first step that lacks this signature was submitted.
    """

    id: str
    state: ProjectState
    number: int
    title: str
    language: str
    industry: str
    factory_id: str
    factory_zh: str
    factory_en: str
    team_id: str
    team_title: str
    school_mentor_id: str
    enterprise_mentor_id: str
    started_at: datetime
    delivered_at: datetime | None
    milestones: int
    signed: int
    submitted: int
    overdue: int
    health: Health
    next_due_on: date | None
    waits_for_school: bool
    waits_for_enterprise: bool
    unsigned_by_school_since: datetime | None
    unsigned_by_enterprise_since: datetime | None

    @property
    def factory(self) -> Name:
        """What the factory is called."""
        return Name(self.factory_id, self.factory_zh, self.factory_en)

    def waits_for(self, person_id: str) -> bool:
        """Whether a signature of this person is what it waits for."""
        return (self.waits_for_school and self.school_mentor_id == person_id) or (
            self.waits_for_enterprise and self.enterprise_mentor_id == person_id
        )

    def waits_since(self, person_id: str) -> datetime | None:
        """Since when it waits for a signature of this person; None where it does not."""
        since = [
            self.unsigned_by_school_since if self.school_mentor_id == person_id else None,
            self.unsigned_by_enterprise_since if self.enterprise_mentor_id == person_id else None,
        ]
        return min((one for one in since if one is not None), default=None)


def projects_of_person(
    connection: Connection, actor: Actor, after: str | None = None, most: int = MOST
) -> list[ProjectLine]:
    """Those of the person's teams, those that they mentor, and those of their organisation where they
    run it; the newest 200, or the next behind the project `after`, the newest first."""
    progress = project_progress.c
    query = (
        select(
            projects.c.id,
            projects.c.state,
            challenges.c.number,
            challenges.c.title,
            challenges.c.language,
            challenges.c.industry,
            projects.c.factory_id,
            organisations.c.name_zh.label("factory_zh"),
            organisations.c.name_en.label("factory_en"),
            projects.c.team_id,
            teams.c.title.label("team_title"),
            projects.c.school_mentor_id,
            projects.c.enterprise_mentor_id,
            projects.c.started_at,
            projects.c.delivered_at,
            func.coalesce(progress.milestones, 0).label("milestones"),
            func.coalesce(progress.signed, 0).label("signed"),
            func.coalesce(progress.submitted, 0).label("submitted"),
            func.coalesce(progress.overdue, 0).label("overdue"),
            func.coalesce(progress.health, Health.OK).label("health"),
            progress.next_due_on,
            func.coalesce(progress.waits_for_school, False).label("waits_for_school"),
            func.coalesce(progress.waits_for_enterprise, False).label("waits_for_enterprise"),
            _unsigned_since(milestones.c.school_signed_at).label("unsigned_by_school_since"),
            _unsigned_since(milestones.c.enterprise_signed_at).label("unsigned_by_enterprise_since"),
        )
        .join(challenges, challenges.c.id == projects.c.challenge_id)
        .join(organisations, organisations.c.id == projects.c.factory_id)
        .join(teams, teams.c.id == projects.c.team_id)
        .outerjoin(project_progress, progress.project_id == projects.c.id)
        .where(has_part(actor))
        .order_by(projects.c.started_at.desc(), projects.c.id)
        .limit(most)
    )
    if after is not None:
        query = query.where(_comes_after(after))
    return [ProjectLine(**row._mapping) for row in connection.execute(query)]


def count_of_person(connection: Connection, actor: Actor) -> int:
    """How many there are."""
    counted = select(func.count()).select_from(projects).where(has_part(actor))
    return int(connection.execute(counted).scalar_one())


def _unsigned_since(signed_at: Column[datetime]) -> ScalarSelect[datetime]:
    """When the first of a project's steps was submitted that has not been signed."""
    step = milestones.c
    return (
        select(func.min(step.submitted_at))
        .where(
            step.project_id == projects.c.id,
            step.state == MilestoneState.SUBMITTED,
            signed_at.is_(None),
        )
        .scalar_subquery()
    )


def _comes_after(project_id: str) -> ColumnElement[bool]:
    last = projects.alias()
    started_at = select(last.c.started_at).where(last.c.id == project_id).scalar_subquery()
    same_time = and_(projects.c.started_at == started_at, projects.c.id > project_id)
    return or_(projects.c.started_at < started_at, same_time)


def has_part(actor: Actor) -> ColumnElement[bool]:
    """The rows of projects in which the person has a part."""
    if Role.ADMINISTRATOR in actor.roles:
        return true()
    person = actor.person_id
    own_teams = select(team_members.c.team_id).where(team_members.c.student_id == person)
    parts = [
        projects.c.school_mentor_id == person,
        projects.c.enterprise_mentor_id == person,
        projects.c.team_id.in_(own_teams),
    ]
    if actor.has(Role.ENGINEER, Role.FACTORY_ADMIN):
        parts.append(projects.c.factory_id == actor.organisation_id)
    if actor.has(Role.SCHOOL_ADMIN):
        of_the_school = (
            select(team_members.c.team_id)
            .join(students, students.c.id == team_members.c.student_id)
            .where(students.c.school_id == actor.organisation_id)
        )
        parts.append(projects.c.team_id.in_(of_the_school))
    return or_(*parts)
