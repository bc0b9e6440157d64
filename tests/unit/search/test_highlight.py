import html
import re

from hypothesis import given
from hypothesis import strategies as st

from search.highlight import MARK_END, MARK_START, SNIPPET_CHARACTERS, excerpt, to_html, transfer
from search.text import clean, spaced

PLAIN = st.text().map(clean)


def marked(*parts: str) -> str:
    """Every other part marked, beginning with a plain one."""
    return "".join(f"{MARK_START}{part}{MARK_END}" if i % 2 else part for i, part in enumerate(parts))


def test_only_the_marks_become_tags() -> None:
    assert to_html(marked("<b>", "a & b", "</b>")) == "&lt;b&gt;<mark>a &amp; b</mark>&lt;/b&gt;"


def test_neighbouring_marks_become_one() -> None:
    assert to_html(marked("", "振", "", "动")) == "<mark>振动</mark>"


def test_marks_are_carried_over_to_the_text_as_written() -> None:
    gapped = spaced("ＣＮＣ刀具").replace("CNC", f"{MARK_START}CNC{MARK_END}")
    assert transfer(gapped, "ＣＮＣ刀具") == marked("", "ＣＮＣ", "刀具")


@given(PLAIN)
def test_without_marks_the_text_stays_as_it_is(text: str) -> None:
    assert transfer(spaced(text), text) == text
    assert html.unescape(to_html(text)) == text


def test_an_excerpt_begins_shortly_before_the_first_mark() -> None:
    part = excerpt(marked("一" * 500, "振动", "二" * 500))
    assert part.startswith("…一")
    assert marked("", "振动") in part
    assert part.endswith("二…")


def test_an_excerpt_does_not_begin_inside_an_english_word() -> None:
    part = excerpt(marked("wordy " * 50, "bearing", " end"))
    assert re.match(r"…wordy ", part)


@given(st.lists(PLAIN, max_size=9))
def test_an_excerpt_is_short_and_closes_its_marks(parts: list[str]) -> None:
    part = excerpt(marked(*parts))
    assert len(part) <= SNIPPET_CHARACTERS + 3
    assert re.fullmatch(
        f"([^{MARK_START}{MARK_END}]|{MARK_START}[^{MARK_START}{MARK_END}]*{MARK_END})*", part
    )
