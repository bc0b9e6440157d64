"""Outcomes of matches, and the terms of their scores when they were told."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TERMS = ("coverage", "focus", "balance", "availability", "site")


def upgrade() -> None:
    op.create_table(
        "outcomes",
        sa.Column("challenge_id", sa.String(length=36), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("not_relevant_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("challenge_id", "team_id", name=op.f("pk_outcomes")),
    )
    op.create_index(op.f("ix_outcomes_team_id"), "outcomes", ["team_id"])
    for term in TERMS:
        op.add_column("announcements", sa.Column(term, sa.Float(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("announcements") as batch:
        for term in TERMS:
            batch.drop_column(term)
    op.drop_index(op.f("ix_outcomes_team_id"), table_name="outcomes")
    op.drop_table("outcomes")
