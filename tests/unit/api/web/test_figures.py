"""The geometry of strips, bars, levels, seals and timelines."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web.figures import (
    Box,
    FitPart,
    SealText,
    Timeline,
    contribution,
    fit_segments,
    initial,
    load_places,
    milestone_track,
    pips,
    rounded_points,
    seal_text,
    whole_points,
)


def test_a_segment_is_as_wide_as_its_weight_and_as_full_as_its_credit() -> None:
    machining, edge = fit_segments(
        [FitPart("Machining", 3, 0.9, "self_rated"), FitPart("Edge", 1, 0.0, "missing")]
    )
    assert (machining.fill, machining.filled, machining.rest) == ("seg-s", Box(0.5, 66.6), Box(67.1, 7.4))
    assert (edge.fill, edge.filled, edge.rest) == ("seg-track", None, Box(75.5, 24.0))


def test_a_full_segment_has_no_dashed_rest() -> None:
    (only,) = fit_segments([FitPart("PLC", 0.2, 1.0, "certified")])
    assert (only.filled, only.rest) == (Box(0.5, 99.0), None)


@pytest.mark.parametrize(
    "parts", [[], [FitPart("PLC", 0, 1, "certified")], [FitPart("PLC", 1, 1.1, "certified")]]
)
def test_a_strip_of_nonsense_is_refused(parts: list[FitPart]) -> None:
    with pytest.raises(ValueError, match=r"skill|credit"):
        fit_segments(parts)


weights = st.lists(st.floats(0.001, 1), min_size=1, max_size=12)


@given(weights, st.floats(0, 1))
def test_segments_never_overlap_nor_leave_the_strip(weights: list[float], credit: float) -> None:
    edge = 0.0
    for segment in fit_segments([FitPart("x", weight, credit, "certified") for weight in weights]):
        boxes = [box for box in (segment.filled, segment.rest) if box]
        for box in boxes:
            assert box.x >= edge - 0.02
            assert box.width >= 0
            edge = box.x + box.width
    assert edge <= 100.02


def test_contributions_share_one_scale() -> None:
    assert contribution(15.75, 17.5, 17.5) == (Box(0.0, 90.0), Box(90.0, 10.0))
    assert contribution(14, 14, 17.5) == (Box(0.0, 80.0), None)
    assert contribution(0, 5.6, 17.5) == (None, Box(0.0, 32.0))
    assert contribution(0, 0, 17.5) == (None, None)


def test_points_add_up_to_the_rounded_total() -> None:
    shares = [0.1575, 0.14, 0.14, 0.105, 0.042, 0.0, 0.074, 0.064, 0.062, 0.035]
    points = rounded_points(shares)
    assert sum(points) == Decimal("82.0")
    assert points[0] == Decimal("15.8")


@given(st.lists(st.floats(0, 0.3), min_size=1, max_size=12))
def test_rounding_moves_no_value_by_a_whole_unit_and_keeps_the_sum(shares: list[float]) -> None:
    points = rounded_points(shares)
    assert abs(float(sum(points)) - 100 * sum(shares)) <= 0.05 + 1e-6
    assert all(abs(float(got) - 100 * share) < 0.1 + 1e-6 for got, share in zip(points, shares, strict=True))


@pytest.mark.parametrize(("score", "shown"), [(0, 0), (0.795, 80), (0.7949, 79), (0.285, 29), (1, 100)])
def test_a_score_is_shown_in_whole_points_halves_up(score: float, shown: int) -> None:
    assert whole_points(score) == shown


def test_pips_show_what_is_there_and_what_is_asked() -> None:
    steps = pips(required=3, has=2)
    assert [step.filled for step in steps] == [True, True, False, False, False]
    assert [step.required for step in steps] == [False, False, True, False, False]


def test_a_mentors_places() -> None:
    assert load_places(3, 2) == ("taken", "taken", "over")
    assert load_places(1, 3) == ("taken", "free", "free")


@pytest.mark.parametrize(
    ("name", "large", "small"),
    [
        ("陈屿", SealText("陈屿之印", True), "陈"),
        ("王小明", SealText("王小明印", True), "王"),
        ("欧阳小明", SealText("欧阳小明", True), "欧"),
        ("Ann Lee", SealText("AL", False), "A"),
        ("Cher", SealText("C", False), "C"),
        ("", SealText("", False), ""),
    ],
)
def test_what_a_seal_shows(name: str, large: SealText, small: str) -> None:
    assert seal_text(name) == large
    assert seal_text(name, small=True).text == small


def test_initials_of_people() -> None:
    assert (initial("王海"), initial("ann Lee"), initial(" ")) == ("海", "A", "")


QUARTER = Timeline(date(2026, 9, 28), date(2026, 12, 26))  # ninety days


def test_a_timeline_places_days_and_months() -> None:
    assert QUARTER.at(date(2026, 9, 28)) == 0
    assert QUARTER.at(date(2026, 10, 7)) == 10
    assert QUARTER.at(date(2027, 5, 1)) == 100
    assert QUARTER.months() == (date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1))
    assert QUARTER.span(date(2026, 9, 28), date(2026, 10, 6)) == Box(0, 10)
    assert QUARTER.span(date(2026, 1, 1), date(2026, 2, 1)) is None


def test_month_labels_never_touch_each_other_nor_today() -> None:
    shown = [day for _, day in QUARTER.labels(today=date(2026, 11, 28))]
    assert shown == [date(2026, 10, 1), date(2026, 11, 1)]


def test_a_timeline_around_days_shows_them_all() -> None:
    assert Timeline.around([date(2026, 12, 26), date(2026, 9, 28), date(2026, 11, 1)]) == QUARTER
    with pytest.raises(ValueError, match="ends on or after"):
        Timeline(date(2026, 2, 2), date(2026, 2, 1))


def test_a_track_splits_what_was_done_at_the_due_day() -> None:
    start, due = date(2026, 9, 28), date(2026, 10, 6)
    late = milestone_track(QUARTER, start, due, date(2026, 10, 15))
    assert (late.plan, late.done, late.late) == (Box(0, 10), Box(0, 10), Box(10, 10))
    running = milestone_track(QUARTER, start, due, date(2026, 9, 30))
    assert (running.done, running.late) == (Box(0, 3.33), None)
    assert milestone_track(QUARTER, start, due, None).done is None
