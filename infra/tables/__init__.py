"""The one schema of SQLite and PostgreSQL: the market's rows, the log's, the people's keys."""

from infra.tables import access, log, market, projections
from infra.tables.columns import metadata

__all__ = ["access", "log", "market", "metadata", "projections"]
