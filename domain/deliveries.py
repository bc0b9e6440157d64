"""Effects outside the transaction: named so that none happens twice, and tried for so long."""

from datetime import timedelta
from uuid import UUID, uuid5

MAIL = "mail"
LEASE = timedelta(minutes=10)
"""How long a delivery belongs to whoever claimed it; longer than an attempt can take."""
MOST_ATTEMPTS = 12
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=4)

_NAMES = UUID("5f0c7e0e-4b6e-5a53-9d43-6d7a69656261")


def delivery_id(channel: str, event_id: str, person_id: str) -> str:
    """The same id for the same news to the same person by the same channel, however often it is asked for."""
    return str(uuid5(_NAMES, f"{channel}/{event_id}/{person_id}"))


def wait_after(attempt: int, chance: float) -> timedelta:
    """How long to wait after the failed attempt with this number, the first being 1.

    It doubles from a minute to four hours; `chance`, from 0 to 1, takes up to half of it away, so that what
    failed together is not tried together. Twelve attempts take 8 to 16 hours.
    """
    whole = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempt - 1, 30))
    return whole * (1 - chance / 2)
