"""Aggregates: `version` is what optimistic locking compares."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    Sequence,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from domain.audience import Confidentiality
from domain.bids import BidState, PlannedMilestone
from domain.challenges import ChallengeState, Kpi
from domain.local_skills import SkillWords
from domain.matching.model import Policy, SkillNeed
from domain.organisations import OrganisationKind, Role
from domain.projects import MilestoneState, ProjectState
from infra.tables.columns import JsonOf, Name, Utc, metadata


def identity() -> Column[str]:
    return Column("id", String(36), primary_key=True)


def version() -> Column[int]:
    return Column("version", Integer, nullable=False)


organisations = Table(
    "organisations",
    metadata,
    identity(),
    version(),
    Column("kind", Name(OrganisationKind), nullable=False, index=True),
    Column("name_zh", String(200), nullable=False),
    Column("name_en", String(200), nullable=False),
    Column("city", String(100), nullable=False),
    Column("province", String(100), nullable=False),
)

people = Table(
    "people",
    metadata,
    identity(),
    version(),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False, index=True),
    Column("login", String(100), nullable=False, unique=True),
    Column("name_zh", String(100), nullable=False),
    Column("name_en", String(100), nullable=False),
    Column("roles", JsonOf(frozenset[Role]), nullable=False),
    Column("capacity", Integer, nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("email", String(254), nullable=False),
    Column("wants_mail", Boolean, nullable=False),
    Column("language", String(2), nullable=False),
)
"""Apart from `people`, whose rows are read for many purposes: nothing but mail and its owner needs these."""

students = Table(
    "students",
    metadata,
    identity(),
    version(),
    Column("school_id", ForeignKey("organisations.id"), nullable=False, index=True),
)

student_skills = Table(
    "student_skills",
    metadata,
    Column("student_id", ForeignKey("students.id", ondelete="CASCADE"), primary_key=True),
    Column("skill", String(80), primary_key=True),
    Column("level", Integer, nullable=False),
    Column("certified_by", ForeignKey("organisations.id")),
)

teams = Table(
    "teams",
    metadata,
    identity(),
    version(),
    Column("title", String(120), nullable=False),
    Column("captain_id", ForeignKey("students.id"), nullable=False, index=True),
    Column("school_ids", JsonOf(tuple[str, ...]), nullable=False),
    Column("hours_per_week", Float, nullable=False),
    Column("city", String(100), nullable=False),
    Column("province", String(100), nullable=False),
    Column("school_mentor_id", ForeignKey("people.id"), index=True),
    Column("locked", Boolean, nullable=False),
    Column("profile", Text, nullable=False),
)

team_members = Table(
    "team_members",
    metadata,
    Column("team_id", ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
    Column("student_id", ForeignKey("students.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

team_invitations = Table(
    "team_invitations",
    metadata,
    Column("team_id", ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
    Column("student_id", ForeignKey("students.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)
"""Apart from `team_members`, so that no query takes somebody who was only asked for a member."""

challenge_numbers = Sequence("challenge_numbers", metadata=metadata)

challenges = Table(
    "challenges",
    metadata,
    identity(),
    version(),
    Column("doc_version", Integer, nullable=False),
    Column("number", Integer, nullable=False, unique=True),
    Column("factory_id", ForeignKey("organisations.id"), nullable=False, index=True),
    Column("author_id", ForeignKey("people.id")),
    Column("state", Name(ChallengeState), nullable=False, index=True),
    Column("created_at", Utc, nullable=False),
    Column("opened_at", Utc, index=True),
    Column("enterprise_mentor_id", ForeignKey("people.id")),
    Column("source_system", String(100)),
    Column("source_id", String(200)),
    Column("terms_version", Integer, nullable=False),
    Column("bid_count", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("teaser", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("industry", String(40), nullable=False),
    Column("confidentiality", Name(Confidentiality), nullable=False),
    Column("skills", JsonOf(tuple[SkillNeed, ...]), nullable=False),
    Column("city", String(100), nullable=False),
    Column("province", String(100), nullable=False),
    Column("remote", Boolean, nullable=False),
    Column("hours_per_week", Float, nullable=False),
    Column("eligible_schools", JsonOf(tuple[str, ...]), nullable=False),
    Column("reward_cny", Integer, nullable=False),
    Column("kpi", JsonOf(Kpi | None)),
    Column("machine", String(200), nullable=False),
    Column("bids_close_at", Utc, nullable=False),
    UniqueConstraint("factory_id", "source_system", "source_id"),
)

bids = Table(
    "bids",
    metadata,
    identity(),
    version(),
    Column("challenge_id", ForeignKey("challenges.id"), nullable=False),
    Column("team_id", ForeignKey("teams.id"), nullable=False, index=True),
    Column("author_id", ForeignKey("people.id"), nullable=False),
    Column("state", Name(BidState), nullable=False),
    Column("approach", Text, nullable=False),
    Column("plan", JsonOf(tuple[PlannedMilestone, ...]), nullable=False),
    Column("hours_per_week", Float, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("submitted_at", Utc),
    Column("feedback", Text, nullable=False),
    Index(
        "uq_bids_one_of_a_team",
        "challenge_id",
        "team_id",
        unique=True,
        postgresql_where=text("state <> 'withdrawn'"),
        sqlite_where=text("state <> 'withdrawn'"),
    ),
)

projects = Table(
    "projects",
    metadata,
    identity(),
    version(),
    Column("challenge_id", ForeignKey("challenges.id"), nullable=False, unique=True),
    Column("bid_id", ForeignKey("bids.id"), nullable=False),
    Column("team_id", ForeignKey("teams.id"), nullable=False, index=True),
    Column("factory_id", ForeignKey("organisations.id"), nullable=False, index=True),
    Column("state", Name(ProjectState), nullable=False),
    Column("school_mentor_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("enterprise_mentor_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("started_at", Utc, nullable=False),
    Column("delivered_at", Utc),
    Column("stopped_reason", Text),
)

milestones = Table(
    "milestones",
    metadata,
    identity(),
    Column("project_id", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", Name(MilestoneState), nullable=False),
    Column("note", Text, nullable=False),
    Column("submitted_at", Utc),
    Column("returned_reason", Text, nullable=False),
    Column("school_signed_at", Utc),
    Column("enterprise_signed_at", Utc),
    Column("overdue", Boolean, nullable=False),
)

local_skills = Table(
    "local_skills",
    metadata,
    identity(),
    version(),
    Column("code", String(80), nullable=False, unique=True),
    Column("words", JsonOf(SkillWords), nullable=False),
)

policies = Table(
    "policies",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("policy", JsonOf(Policy), nullable=False),
    Column("activated_at", Utc, nullable=False),
)

accepted_terms = Table(
    "accepted_terms",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("terms", String(60), primary_key=True),
    Column("accepted_at", Utc, nullable=False),
)
