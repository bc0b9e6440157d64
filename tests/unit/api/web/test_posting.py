"""The posting form: what it holds, what it makes, and how a bid's plan is read."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from starlette.datastructures import FormData

from api.web.forms import Form
from api.web.i18n import Reader, reading
from api.web.views.bidding import form_as_typed, proposal_of
from api.web.views.posting import brief_of, draft_of_brief, draft_of_form, language_of
from domain.bids import PlannedMilestone
from domain.challenges import Kpi
from domain.matching.taxonomy import Taxonomy
from tests.market import brief

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BASICS = [
    ("title", "主轴抖"),
    ("industry", "machining"),
    ("city", "苏州"),
    ("bids_close_at", "2026-12-20T18:00"),
]


def form(*typed: tuple[str, str]) -> Form:
    return Form(FormData([*BASICS, *typed]))


def test_a_brief_survives_the_form(taxonomy: Taxonomy) -> None:
    closes = datetime(2026, 12, 20, 10, 5, 37, tzinfo=UTC)  # programs name seconds, the form does not
    original = replace(brief(closes), kpi=Kpi("件数", "件", 1_234_567.5, 6.4))
    with reading(Reader("zh", NOW)):
        draft = draft_of_brief(original, taxonomy)
        typed: list[tuple[str, str]] = [*draft.texts.items()]
        for wanted in draft.skills:
            code = wanted.skill.code
            typed += [("skill", code), (f"level.{code}", str(wanted.level))]
            typed += [(f"weight.{code}", str(wanted.weight))]
            typed += [(f"must.{code}", "1")] if wanted.must else []
        sent = Form(FormData([*typed]))
        made = brief_of(sent, draft_of_form(sent, taxonomy), former=original)
    assert sent.errors == {}
    assert made is not None
    assert made.kpi == original.kpi
    assert (made.title, made.text, made.bids_close_at) == (
        original.title,
        original.text,
        original.bids_close_at,
    )
    assert [(s.skill, s.level, s.mandatory) for s in made.skills] == [
        (s.skill, s.level, s.mandatory) for s in original.skills
    ]
    total = sum(s.weight for s in made.skills)
    assert [s.weight / total for s in made.skills] == pytest.approx([s.weight for s in original.skills])


def test_buttons_add_and_take_away_skills(taxonomy: Taxonomy) -> None:
    added = draft_of_form(form(("do", "add:python:3"), ("skill", "plc-programming")), taxonomy)
    assert [(w.skill.code, w.level) for w in added.skills] == [("plc-programming", 2), ("python", 3)]
    found = draft_of_form(form(("do", "find"), ("skill_query", "振动")), taxonomy)
    assert [w.skill.code for w in found.skills] == ["vibration-analysis"]
    assert found["skill_query"] == ""
    gone = draft_of_form(form(("do", "remove:python"), ("skill", "python")), taxonomy)
    assert gone.skills == ()


def test_a_name_that_is_no_skill_is_refused_and_kept(taxonomy: Taxonomy) -> None:
    sent = form(("do", "find"), ("skill_query", "炼金术"))
    draft = draft_of_form(sent, taxonomy)
    assert draft["skill_query"] == "炼金术"
    assert "skill_query" in sent.errors


def test_codes_that_are_no_skills_and_twice_the_same_are_left_out(taxonomy: Taxonomy) -> None:
    draft = draft_of_form(form(("skill", "<x>"), ("skill", "python"), ("skill", "python")), taxonomy)
    assert [w.skill.code for w in draft.skills] == ["python"]


def test_the_trouble_says_how_it_is_measured(taxonomy: Taxonomy) -> None:
    with reading(Reader("en", NOW)):
        sent = form(("trouble", "stops"), ("kpi_baseline", "6.4"), ("kpi_target", "2"))
        made = brief_of(sent, draft_of_form(sent, taxonomy))
    assert made is not None
    assert made.kpi == Kpi("Stopped hours", "hours stopped a month", 6.4, 2.0)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ([("kpi_baseline", "6")], "kpi_target"),
        ([("kpi_baseline", "6"), ("kpi_target", "2")], "kpi_unit"),
        ([("reward_cny", "2.5")], "reward_cny"),
        ([("hours_per_week", "200")], "hours_per_week"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    taxonomy: Taxonomy, typed: list[tuple[str, str]], field: str
) -> None:
    sent = form(*typed)
    assert brief_of(sent, draft_of_form(sent, taxonomy)) is None
    assert field in sent.errors


def test_one_han_character_makes_a_text_chinese() -> None:
    assert [language_of(text) for text in ("PLC 抖", "The spindle shakes", "")] == ["zh", "en", "en"]


def plan(*steps: tuple[str, str]) -> Form:
    rows = [pair for title, due in steps for pair in (("step.title", title), ("step.due", due))]
    return Form(FormData([("approach", "先测两周"), ("hours_per_week", "10"), *rows]))


def test_a_plan_is_its_filled_rows() -> None:
    sent = plan(("采集上线", "2026-12-01"), ("", ""), ("验收", "2026-12-20"))
    made = proposal_of(sent, form_as_typed(sent))
    assert made is not None
    assert made.plan == (
        PlannedMilestone("采集上线", date(2026, 12, 1)),
        PlannedMilestone("验收", date(2026, 12, 20)),
    )


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ([], "plan"),
        ([("采集上线", "")], "plan.0.due"),
        ([("采集上线", "2026-12-01"), ("", "2026-12-20")], "plan.1.title"),
        ([("采集上线", "0001-01-01")], "plan.0.due"),
    ],
)
def test_a_plan_that_lacks_something_says_where(steps: list[tuple[str, str]], field: str) -> None:
    sent = plan(*steps)
    assert proposal_of(sent, form_as_typed(sent)) is None
    assert field in sent.errors


def test_a_skill_that_was_named_and_not_added_goes_along(taxonomy: Taxonomy) -> None:
    with reading(Reader("zh", NOW)):
        known = form(("skill_query", "PLC"), ("do", "review"))
        made = brief_of(known, draft_of_form(known, taxonomy))
        assert made is not None
        assert [need.skill for need in made.skills] == ["plc-programming"]
        unknown = form(("skill_query", "nonsense"), ("do", "review"))
        assert brief_of(unknown, draft_of_form(unknown, taxonomy)) is None
        assert list(unknown.errors) == ["skill_query"]
        typing = form(("skill_query", "PLC"))  # the preview while somebody types
        assert draft_of_form(typing, taxonomy).skills == ()


def test_no_step_of_a_plan_lies_in_the_past() -> None:
    with reading(Reader("zh", NOW)):
        sent = Form(
            FormData(
                [
                    ("approach", "先测"),
                    ("step.title", "采集"),
                    ("step.due", "2026-11-21"),
                    ("step.title", "上线"),
                    ("step.due", "2026-11-22"),
                ]
            )
        )
        assert proposal_of(sent, form_as_typed(sent)) is None
    assert list(sent.errors) == ["plan.0.due"]
