"""What is derived: announcements and what came of them, inboxes of people, progress."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from domain.progress import Health
from domain.projects import ProjectState
from infra.tables.columns import Name, RowNumber, Utc, metadata

announcements = Table(
    "announcements",
    metadata,
    Column("challenge_id", String(36)),
    Column("team_id", String(36), index=True),
    Column("policy_version", Integer),
    Column("score", Float, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("coverage", Float),
    Column("focus", Float),
    Column("balance", Float),
    Column("availability", Float),
    Column("site", Float),
    PrimaryKeyConstraint("challenge_id", "team_id", "policy_version"),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("challenge_id", String(36)),
    Column("team_id", String(36), index=True),
    Column("policy_version", Integer, nullable=False),
    Column("not_relevant_at", Utc),
    Column("bid_at", Utc),
    Column("awarded_at", Utc),
    Column("accepted_at", Utc),
    PrimaryKeyConstraint("challenge_id", "team_id"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("person_id", String(36), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("subject", String(36), nullable=False),
    Column("challenge_id", String(36), nullable=False),
    Column("event_id", String(36), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("read_at", Utc),
    UniqueConstraint("event_id", "person_id", "kind"),
    Index("ix_notifications_of_person", "person_id", "id"),
)

project_progress = Table(
    "project_progress",
    metadata,
    Column("project_id", String(36), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Name(ProjectState), nullable=False),
    Column("milestones", Integer, nullable=False),
    Column("signed", Integer, nullable=False),
    Column("submitted", Integer, nullable=False),
    Column("overdue", Integer, nullable=False),
    Column("health", Name(Health), nullable=False),
    Column("next_due_on", Date),
    Column("waits_for_school", Boolean, nullable=False),
    Column("waits_for_enterprise", Boolean, nullable=False),
    Column("updated_at", Utc, nullable=False),
)
