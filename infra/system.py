"""The machine's clock and ids."""

from datetime import UTC, datetime

from uuid_utils import uuid7


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class Uuid7Ids:
    """Time-ordered ids (RFC 9562)."""

    def new(self) -> str:
        return str(uuid7())
