"""Dates, money, spans and counts as the reader writes them: 11-28 and ¥186 万, or 28 Nov and ¥1.86M.

Each function formats for the reader of the page being made (`i18n.current_reader`).
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Protocol

from api.web.i18n import current_reader, gettext, ngettext

Number = int | float | Decimal

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONGEST_WORD = 20
MINUTE, HOUR, DAY = 60, 3600, 86400


def day(when: date) -> str:
    """11-28 or 28 Nov; with its year when that is not the present one."""
    reader = current_reader()
    local = _local_date(when)
    if local.year != reader.local(reader.now).year:
        return full_day(local)
    return f"{local:%m-%d}" if reader.language == "zh" else f"{local.day} {MONTHS[local.month - 1]}"


def full_day(when: date) -> str:
    """2026-11-28 or 28 Nov 2026."""
    local = _local_date(when)
    if current_reader().language == "zh":
        return local.isoformat()
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def day_in_words(typed: str) -> str:
    """What a field for a day (and a time) holds, with its weekday; nothing where it holds none.

    2026-11-28 周六 18:00 or Sat 28 Nov 2026, 18:00. static/js/days.js says the same while one types.
    """
    try:
        when = datetime.fromisoformat(typed)
    except ValueError:
        return ""
    zh = current_reader().language == "zh"
    spelled, weekday = full_day(when.date()), when.weekday()
    words = f"{spelled} {WEEKDAYS_ZH[weekday]}" if zh else f"{WEEKDAYS_EN[weekday]} {spelled}"
    if "T" not in typed:
        return words
    return f"{words}{' ' if zh else ', '}{when:%H:%M}"


def month(when: date) -> str:
    """11 月 or Nov."""
    local = _local_date(when)
    return f"{local.month} 月" if current_reader().language == "zh" else MONTHS[local.month - 1]


def clock(when: datetime) -> str:
    """18:00 on the reader's clock."""
    return f"{current_reader().local(when):%H:%M}"


def clock_seconds(when: datetime) -> str:
    """10:47:31 on the reader's clock."""
    return f"{current_reader().local(when):%H:%M:%S}"


def moment(when: datetime) -> str:
    """11-28 18:00 or 28 Nov 18:00."""
    return f"{day(when)} {clock(when)}"


def days_left(deadline: datetime) -> str:
    """How long until `deadline`: whole days begun, hours on the last day, "closed" afterwards."""
    seconds = (deadline - current_reader().now).total_seconds()
    if seconds <= 0:
        return gettext("closed")
    if seconds < DAY:
        hours = ceil(seconds / HOUR)
        return ngettext("%d hour", "%d hours", hours) % hours
    return span_days(ceil(seconds / DAY))


def span_days(days: int) -> str:
    """6 天 or 6 days."""
    return ngettext("%d day", "%d days", days) % days


def ago(when: datetime) -> str:
    """How long ago; beyond a week, the day."""
    age = current_reader().now - when
    seconds = int(age.total_seconds())
    if seconds < MINUTE:
        return gettext("just now")
    if seconds < HOUR:
        return ngettext("%d minute ago", "%d minutes ago", seconds // MINUTE) % (seconds // MINUTE)
    if seconds < DAY:
        return ngettext("%d hour ago", "%d hours ago", seconds // HOUR) % (seconds // HOUR)
    if age <= timedelta(days=7):
        return ngettext("%d day ago", "%d days ago", age.days) % age.days
    return day(when)


def since(when: datetime) -> str:
    """Since when something waits: since 17 Nov, 5 days; on the same day since 14:30."""
    reader = current_reader()
    if _local_date(when) == _local_date(reader.now):
        return gettext("since %(when)s") % {"when": clock(when)}
    days = (reader.now - when).days
    if days < 1:
        return gettext("since %(when)s") % {"when": moment(when)}
    return ngettext("since %(when)s, %(num)s day", "since %(when)s, %(num)s days", days) % {
        "when": day(when),
        "num": days,
    }


def count(n: int) -> str:
    """1,284."""
    return f"{n:,}"


def number(value: Number) -> str:
    """A measured number with the decimals it was given, grouped: 6.4, 2.0 (as Decimal), 1,284."""
    return f"{value:,}"


class Change(Protocol):
    """A measure that is to go from one value to another."""

    @property
    def baseline(self) -> float: ...

    @property
    def target(self) -> float: ...


def kpi_change(kpi: Change) -> str:
    """6.4 → 2.0: both values with the decimals of the more precise one."""
    texts = [f"{value:.6g}" for value in (kpi.baseline, kpi.target)]
    decimals = max(len(text.partition(".")[2]) if "e" not in text else 0 for text in texts)
    return f"{kpi.baseline:,.{decimals}f} → {kpi.target:,.{decimals}f}"


def points(value: Number) -> str:
    """Points of a score with one decimal; nothing is 0, not 0.0."""
    return f"{value:.1f}" if value else "0"


def hours(value: float) -> str:
    """8 or 7.5, as hours are said."""
    return f"{value:g}"


def challenge_label(number: int) -> str:
    """412 → J-0412."""
    return f"J-{number:04d}"


def percent(share: float) -> str:
    """A share of 1 in whole percent."""
    return f"{share:.0%}"


def money(yuan: Number) -> str:
    """¥12,000, to the yuan."""
    return f"{_sign(yuan)}¥{abs(yuan):,.0f}"


def money_short(yuan: Number) -> str:
    """Three significant digits: ¥186 万, ¥9.6 万 or ¥1.86M, ¥96k; small amounts in full."""
    amount = abs(float(yuan))
    steps: tuple[tuple[float, str], ...] = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
    if current_reader().language == "zh":
        steps = ((1e8, " 亿"), (1e4, " 万"))
    for step, unit in steps:
        if amount >= step:
            return f"{_sign(yuan)}¥{_significant(amount / step)}{unit}"
    return money(yuan)


def excerpt(text: str, most: int) -> str:
    """The text in one line; one that is longer than `most` ends in …, in front of a word if one is near."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    end = cut.rfind(" ", most - 1 - LONGEST_WORD)
    return f"{cut[: end if end > 0 else None].rstrip(' ,.;:，。；：、')}…"


def file_size(size: int) -> str:
    """2.1 MB, 480 KB."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{_significant(size / 1_000_000)} MB"


def _sign(value: Number) -> str:
    return "−" if value < 0 else ""


def _significant(value: float) -> str:
    """At most three significant digits, none of the whole part lost, no trailing zeros."""
    decimals = max(0, 3 - len(str(int(value))))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _local_date(when: date) -> date:
    return current_reader().local(when).date() if isinstance(when, datetime) else when
