import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.text import (
    GAP,
    HAN,
    MAX_QUERY,
    MAX_RUNS,
    Run,
    clean,
    fold,
    label_keys,
    runs,
    spaced,
    typed,
    words,
)

HOSTILE = [
    '"',
    '"振动',
    "*",
    "NEAR(",
    "a AND",
    "-",
    "title:",
    "\x00",
    "(((",
    "^",
    "{title} : x",
    "\ud800",
    "'; --",
]


def test_a_han_run_is_a_phrase_and_latin_words_stand_alone() -> None:
    assert [run.text for run in runs("数控车床振动 bearings failure ")] == [
        "数控车床振动",
        "bearings",
        "failure",
    ]


def test_scripts_are_split_where_they_meet() -> None:
    assert [run.tokens for run in runs("cnc刀具")] == [("cnc",), ("刀", "具")]


def test_a_part_number_is_one_run_of_its_words() -> None:
    assert runs("S7-1200 ") == (Run("s7-1200", ("s7", "1200")),)


def test_punctuation_separates_words() -> None:
    assert [run.text for run in runs("轴承，失效, bearings,failure。")] == [
        "轴承",
        "失效",
        "bearings",
        "failure",
    ]


def test_full_width_letters_are_plain_ones() -> None:
    assert [run.text for run in runs("ＣＮＣ　７２０ ")] == ["cnc", "720"]


def test_only_a_latin_word_at_the_very_end_is_unfinished() -> None:
    assert [run.unfinished for run in runs("plc bear")] == [False, True]
    assert [run.unfinished for run in runs("plc bear ")] == [False, False]
    assert [run.unfinished for run in runs("plc 轴承")] == [False, False]


def test_a_single_letter_being_typed_is_not_a_word_yet() -> None:
    assert [run.text for run in runs("plc s")] == ["plc"]
    assert [run.text for run in runs("plc c ")] == ["plc", "c"]


@pytest.mark.parametrize("text", ["", "   ", "***", '"" --', "（）！", "\x00\u200b"])
def test_what_is_not_a_word_asks_for_nothing(text: str) -> None:
    assert runs(text) == ()


def test_a_repeated_word_is_asked_for_once() -> None:
    assert [run.text for run in runs("轴承 轴承 PLC plc ")] == ["轴承", "plc"]


@given(st.text(max_size=400) | st.sampled_from(HOSTILE))
@example("a" * 10_000)
@example("a b " * 500)
def test_tokens_are_letters_and_digits_whatever_is_typed(text: str) -> None:
    found = runs(text)
    assert len(found) <= MAX_RUNS
    assert sum(len(run.text) for run in found) <= MAX_QUERY
    assert all(run.tokens for run in found)
    assert all(re.fullmatch(rf"[{HAN}]|[^\W_]+", token) for run in found for token in run.tokens)


@given(st.text())
def test_folding_keeps_every_position(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_gaps_only_add_to_the_folded_text(text: str) -> None:
    assert spaced(clean(text)).replace(GAP, "") == fold(clean(text))


def test_every_han_character_stands_alone() -> None:
    assert spaced("CNC刀具").split(GAP) == ["CNC", "刀", "", "具", ""]


@given(st.text())
def test_clean_text_is_composed_and_has_nothing_invisible(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert all(
        unicodedata.category(character) not in {"Cc", "Cs", "Co"} or character in "\t\n"
        for character in cleaned
    )


def test_line_breaks_survive_cleaning() -> None:
    assert clean("一\n二\x00\u200b") == "一\n二"


def test_words_are_those_that_a_stemmer_may_shorten() -> None:
    assert words("Bearings, ＣＡＳＥ plc 轴承 failures") == {"bearings", "case", "failures"}


def test_a_label_is_found_from_each_of_its_words_and_han_characters() -> None:
    assert label_keys("PLC 编程") == ("plc 编程", "编程", "程")


@given(st.text(min_size=1, max_size=80))
def test_a_label_is_found_by_its_own_beginning(label: str) -> None:
    assert all(key.startswith(typed(label)[:3]) for key in label_keys(label)[:1])
    assert bool(label_keys(label)) == bool(typed(label))
