"""What the API took in for the intake."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "intake_receipts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("factory_id", sa.String(length=36), nullable=False),
        sa.Column("source_system", sa.String(length=100), nullable=True),
        sa.Column("source_id", sa.String(length=200), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_receipts")),
    )


def downgrade() -> None:
    op.drop_table("intake_receipts")
