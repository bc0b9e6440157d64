"""Projects, their milestones and how they stand, as those who have a part in them see them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from api.rest.fields import Input, Output, line, prose
from api.rest.models.words import Named
from domain.progress import Health, ProjectProgress
from domain.projects import MilestoneState, ProjectState
from infra.queries.project_sheet import ProjectSheet
from infra.queries.projects_of_person import ProjectLine


class SubmissionIn(Input):
    """What the team says of a finished milestone."""

    note: Annotated[str, prose(5_000)] = Field("", examples=["两台传感器已装好，数据见附件。"])


class ReturnIn(Input):
    """Why a milestone goes back to the team."""

    reason: Annotated[str, line(2_000)] = Field(examples=["缺少夜班的数据。"])


class StopIn(Input):
    """Why a project is given up; everybody concerned reads it."""

    reason: Annotated[str, line(2_000)] = Field(examples=["产线停了，数据采不到。"])


class ClosingIn(Input):
    """What every team reads that bid for a challenge which nobody won."""

    feedback: Annotated[str, prose(2_000)] = Field("", examples=["几个方案都要停机一周，做不到。"])


class MilestoneOut(Output):
    """A step of a project; signed means that both mentors signed."""

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


class ProjectChallengeOut(Output):
    """The challenge that a project solves; its title is in `language`."""

    id: str
    number: int
    title: str
    language: str
    industry: str


class ProjectTeamOut(Output):
    """The team at work."""

    id: str
    title: str


class ProjectOut(Output):
    """A project with its milestones in their order."""

    id: str
    version: int
    state: ProjectState
    challenge: ProjectChallengeOut
    factory: Named
    team: ProjectTeamOut
    school_mentor: Named
    enterprise_mentor: Named
    milestones: list[MilestoneOut]
    started_at: datetime
    delivered_at: datetime | None
    stopped_reason: str | None

    @classmethod
    def of(cls, sheet: ProjectSheet) -> "ProjectOut":
        """The project as it is."""
        challenge = sheet.source.challenge
        return cls(
            id=sheet.id,
            version=sheet.version,
            state=sheet.state,
            challenge=ProjectChallengeOut(
                id=challenge.id,
                number=challenge.number,
                title=challenge.brief.title,
                language=challenge.brief.language,
                industry=challenge.brief.industry,
            ),
            factory=Named.model_validate(sheet.source.factory),
            team=ProjectTeamOut(id=sheet.team_id, title=sheet.team_title),
            school_mentor=Named.model_validate(sheet.school_mentor),
            enterprise_mentor=Named.model_validate(sheet.enterprise_mentor),
            milestones=[MilestoneOut.model_validate(step) for step in sheet.milestones],
            started_at=sheet.started_at,
            delivered_at=sheet.delivered_at,
            stopped_reason=sheet.stopped_reason,
        )


class ProjectLineOut(Output):
    """A project in a list, with the figures that were derived last; `waits_for_me` for my signature."""

    id: str
    state: ProjectState
    number: int
    title: str
    language: str
    industry: str
    factory: Named
    team: ProjectTeamOut
    school_mentor_id: str
    enterprise_mentor_id: str
    started_at: datetime
    milestones: int
    signed: int
    submitted: int
    overdue: int
    health: Health
    next_due_on: date | None
    waits_for_me: bool

    @classmethod
    def of(cls, line: ProjectLine, person_id: str) -> "ProjectLineOut":
        """The line as `person_id` sees it."""
        return cls(
            id=line.id,
            state=line.state,
            number=line.number,
            title=line.title,
            language=line.language,
            industry=line.industry,
            factory=Named(id=line.factory_id, zh=line.factory_zh, en=line.factory_en),
            team=ProjectTeamOut(id=line.team_id, title=line.team_title),
            school_mentor_id=line.school_mentor_id,
            enterprise_mentor_id=line.enterprise_mentor_id,
            started_at=line.started_at,
            milestones=line.milestones,
            signed=line.signed,
            submitted=line.submitted,
            overdue=line.overdue,
            health=line.health,
            next_due_on=line.next_due_on,
            waits_for_me=line.waits_for(person_id),
        )


class ProgressOut(Output):
    """How a project stands this moment; `id` and `version` are the project's."""

    id: str
    version: int
    state: ProjectState
    milestones: int
    signed: int
    submitted: int
    overdue: int
    percent: int
    health: Health
    next_due_on: date | None
    waits_for_school: bool
    waits_for_enterprise: bool

    @classmethod
    def of(cls, progress: ProjectProgress) -> "ProgressOut":
        """The figures as they are."""
        return cls(
            id=progress.project_id,
            version=progress.version,
            state=progress.state,
            milestones=progress.milestones,
            signed=progress.signed,
            submitted=progress.submitted,
            overdue=progress.overdue,
            percent=progress.percent,
            health=progress.health,
            next_due_on=progress.next_due_on,
            waits_for_school=progress.waits_for_school,
            waits_for_enterprise=progress.waits_for_enterprise,
        )
