"""Alembic's entry: runs over the connection that `infra.migrating` hands it."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from infra.tables import metadata


def render_item(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write our own column types into migrations as what the database sees."""
    if (
        kind != "type"
        or not isinstance(item, TypeDecorator)
        or not type(item).__module__.startswith("infra.")
    ):
        return False
    return {"Utc": "sa.DateTime(timezone=True)", "Name": "sa.String(32)"}.get(
        type(item).__name__, 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    )


def include_name(name: str | None, kind: str, _: Any) -> bool:
    """Leave the catalogue's full-text tables to `search`, which owns them."""
    return not (kind == "table" and name is not None and name.startswith("catalogue"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=render_item,
    include_name=include_name,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
