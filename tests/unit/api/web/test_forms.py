"""What people type into forms, and what they are told."""

from datetime import UTC, date, datetime

import pytest
from starlette.datastructures import FormData

from api.web.forms import Form
from api.web.i18n import Reader, reading
from domain.errors import Invalid

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def form(**typed: str) -> Form:
    return Form(FormData(typed))


def test_text_is_trimmed_and_loses_what_no_text_has() -> None:
    one = form(title="  主轴\x00抖\x7f动\t ")
    assert one.text("title", 20) == "主轴抖动"
    assert one.accepted


def test_text_that_is_too_long_or_missing_is_refused_at_its_field() -> None:
    with reading(Reader("en", NOW)):
        one = form(title="abcdef")
        assert one.text("title", 5) == "abcde"
        assert one.errors["title"] == "At most 5 characters, there are 6."
        assert one.text("text", 5, required=True) == ""
        assert one.errors["text"] == "This cannot be empty."
        assert one.errors["nothing"] == ""


@pytest.mark.parametrize(("typed", "value"), [("6.4", 6.4), ("1,200", 1200.0), ("1，200", 1200.0), ("", 8.0)])
def test_numbers_are_read_as_people_write_them(typed: str, value: float) -> None:
    assert form(n=typed).number("n", 0, 5000, 8.0) == value


@pytest.mark.parametrize("typed", ["six", "nan", "inf", "-1", "5001", "1e999"])
def test_what_is_no_number_in_range_is_refused(typed: str) -> None:
    one = form(n=typed)
    assert one.number("n", 0, 5000) is None
    assert "n" in one.errors


def test_a_whole_number_has_no_fraction() -> None:
    one = form(n="2.5")
    assert one.whole("n", 1, 5, 3) == 3
    assert not one.accepted


def test_moments_are_the_readers_and_a_day_ends_at_six() -> None:
    with reading(Reader("zh", NOW)):
        assert form(at="2026-12-01T09:30").moment("at") == datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
        assert form(at="2026-12-01").moment("at") == datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["", "soon", "1999-12-31", "2026-13-01", "9999-01-01T00:00"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    one = form(day=typed)
    assert one.day("day") is None
    assert one.moment("day") is None
    assert "day" in one.errors
    assert form(day="2026-12-01").day("day") == date(2026, 12, 1)


def test_a_broken_rule_is_told_at_its_field_or_for_the_form() -> None:
    with reading(Reader("en", NOW)):
        one = form()
        one.blame(Invalid(field="bids_close_at", reason="in the past"))
        one.blame(Invalid(reason="negative"))
        assert one.errors["bids_close_at"] == "It has to lie in the future."
        assert one.errors["form"] == "It cannot be negative."
