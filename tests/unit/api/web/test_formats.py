"""Dates, money and spans in both languages."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from api.web import formats
from api.web.i18n import Language, Reader, reading

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def _in(language: Language, make: Callable[[], str]) -> str:
    with reading(Reader(language, NOW)):
        return make()


@pytest.mark.parametrize(
    ("make", "zh", "en"),
    [
        (lambda: formats.day(date(2026, 11, 28)), "11-28", "28 Nov"),
        (lambda: formats.day(date(2027, 3, 5)), "2027-03-05", "5 Mar 2027"),
        (lambda: formats.day(datetime(2026, 11, 27, 17, 0, tzinfo=UTC)), "11-28", "28 Nov"),
        (lambda: formats.full_day(date(2026, 9, 4)), "2026-09-04", "4 Sep 2026"),
        (lambda: formats.day_in_words("2026-11-28"), "2026-11-28 周六", "Sat 28 Nov 2026"),
        (
            lambda: formats.day_in_words("2026-09-06T08:05"),
            "2026-09-06 周日 08:05",
            "Sun 6 Sep 2026, 08:05",
        ),
        (lambda: formats.day_in_words("tomorrow"), "", ""),
        (lambda: formats.month(date(2026, 11, 1)), "11 月", "Nov"),
        (lambda: formats.excerpt("停机 6\n次。", 40), "停机 6 次。", "停机 6 次。"),
        (
            lambda: formats.excerpt("主轴抖动，夜班没人会听，上月崩刃", 13),
            "主轴抖动，夜班没人会听…",
            "主轴抖动，夜班没人会听…",
        ),
        (lambda: formats.excerpt("The spindle shakes badly", 16), "The spindle…", "The spindle…"),
        (lambda: formats.clock(datetime(2026, 11, 22, 2, 42, tzinfo=UTC)), "10:42", "10:42"),
        (lambda: formats.moment(datetime(2026, 11, 28, 10, 0, tzinfo=UTC)), "11-28 18:00", "28 Nov 18:00"),
        (lambda: formats.days_left(NOW + timedelta(days=5, hours=3)), "6 天", "6 days"),
        (lambda: formats.days_left(NOW + timedelta(days=1)), "1 天", "1 day"),
        (lambda: formats.days_left(NOW + timedelta(hours=3)), "3 小时", "3 hours"),
        (lambda: formats.days_left(NOW + timedelta(seconds=1)), "1 小时", "1 hour"),
        (lambda: formats.days_left(NOW), "已截止", "closed"),
        (lambda: formats.ago(NOW - timedelta(seconds=59)), "刚刚", "just now"),
        (lambda: formats.ago(NOW - timedelta(minutes=1)), "1 分钟前", "1 minute ago"),
        (lambda: formats.ago(NOW - timedelta(hours=23)), "23 小时前", "23 hours ago"),
        (lambda: formats.ago(NOW - timedelta(days=2)), "2 天前", "2 days ago"),
        (lambda: formats.ago(NOW - timedelta(days=8)), "11-14", "14 Nov"),
        (lambda: formats.since(NOW - timedelta(hours=2)), "16:00 起", "since 16:00"),
        (lambda: formats.since(NOW - timedelta(hours=19)), "11-21 23:00 起", "since 21 Nov 23:00"),
        (lambda: formats.since(NOW - timedelta(days=1)), "11-21 起，1 天了", "since 21 Nov, 1 day"),
        (lambda: formats.since(NOW - timedelta(days=5)), "11-17 起，5 天了", "since 17 Nov, 5 days"),
        (lambda: formats.money(12000), "¥12,000", "¥12,000"),
        (lambda: formats.money(-50), "−¥50", "−¥50"),
        (lambda: formats.money_short(1_860_000), "¥186 万", "¥1.86M"),
        (lambda: formats.money_short(96_000), "¥9.6 万", "¥96k"),
        (lambda: formats.money_short(9_999), "¥9,999", "¥10k"),
        (lambda: formats.money_short(640), "¥640", "¥640"),
        (lambda: formats.money_short(Decimal(250_000_000)), "¥2.5 亿", "¥250M"),
        (lambda: formats.money_short(12_345_678_900), "¥123 亿", "¥12.3B"),
        (lambda: formats.count(1284), "1,284", "1,284"),
        (lambda: formats.number(Decimal("2.0")), "2.0", "2.0"),
        (lambda: formats.points(0), "0", "0"),
        (lambda: formats.points(14), "14.0", "14.0"),
        (lambda: formats.percent(0.9), "90%", "90%"),
        (lambda: formats.file_size(2_100_000), "2.1 MB", "2.1 MB"),
        (lambda: formats.file_size(480_000), "480 KB", "480 KB"),
        (lambda: formats.file_size(3), "1 KB", "1 KB"),
    ],
)
def test_each_value_as_the_reader_writes_it(make: Callable[[], str], zh: str, en: str) -> None:
    assert (_in("zh", make), _in("en", make)) == (zh, en)
