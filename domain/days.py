"""Days as people in the market count them."""

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
"""China's time, which has no daylight saving."""


def day_of(moment: datetime) -> date:
    """The day on which an aware moment lies in China."""
    return moment.astimezone(CHINA).date()
