"""What words find, in both languages and whatever is typed."""

import pytest

from search.catalogue import Catalogue
from search.queries import CatalogueQuery
from tests.contract.search.sample import ADMINISTRATOR, found, ids

HOSTILE = [
    '"',
    "'",
    '"unbalanced',
    "*",
    "NEAR(",
    "NEAR(轴承 振动, 5)",
    "轴承 AND",
    "OR OR",
    "NOT 轴承",
    "title:轴承",
    "{title summary} : 轴承",
    "-轴承",
    "^轴承",
    "轴承 +",
    "((((((((",
    "\\",
    "\x00",
    "轴承\x00振动",
    "'; DROP TABLE catalogue_state; --",
    '{"match_all": {}}',
    "[* TO *]",
    "/.*/",
    "轴" * 5_000,
    "a b c d e f g " * 100,
    "\u202e轴承\u200b",
    "\ud800",
    "🔧",
    "%_",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("振动", {"c-01", "c-03", "c-07", "c-08"}),
        ("主轴振动", {"c-01"}),
        ("cnc刀具", {"c-02"}),
        ("bearings failure", {"c-03"}),
        ("bearing ", {"c-03"}),
        ("ＣＮＣ", {"c-02", "c-04"}),
        ("cnc", {"c-02", "c-04"}),
        ("轴", {"c-01", "c-08"}),
        ("轴承失效", set()),
        ("轴承 失效", {"c-01"}),
        ("s7-1200", {"c-04"}),
        ("S7 1200", {"c-04"}),
        ("机器视觉", {"c-06", "c-07"}),
        ("OpenCV", {"c-06", "c-07"}),
        ("数控编程", {"c-02", "c-04"}),
        ("west lake", {"c-03", "c-05", "c-06", "c-07"}),
        ("杭州", {"c-03", "c-05", "c-06", "c-07"}),
        ("J-0005", {"c-05"}),
        ("没有这个词", set()),
    ],
)
def test_words_find_what_has_them_all(listed: Catalogue, text: str, expected: set[str]) -> None:
    assert found(listed, text) == expected


@pytest.mark.parametrize("typed", ["be", "bear", "beari", "bearin", "bearing", "bearings"])
def test_a_word_is_found_at_every_letter_while_it_is_typed(listed: Catalogue, typed: str) -> None:
    assert "c-03" in found(listed, typed)


@pytest.mark.parametrize("typed", ["s7", "s7-", "s7-1", "s7-12"])
def test_a_part_number_is_found_while_it_is_typed(listed: Catalogue, typed: str) -> None:
    assert "c-04" in found(listed, typed)


def test_a_finished_word_is_not_a_prefix(listed: Catalogue) -> None:
    assert found(listed, "convey ") == set()
    assert found(listed, "convey") == {"c-07"}


def test_a_single_letter_does_not_narrow_yet(listed: Catalogue) -> None:
    assert found(listed, "振动 b") == found(listed, "振动")


def test_no_phrase_spans_two_names(listed: Catalogue) -> None:
    assert found(listed, "精密东莞") == set()
    assert found(listed, "析测") == set()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_input_is_only_text(listed: Catalogue, text: str) -> None:
    page = listed.search(CatalogueQuery(text=text, viewer=ADMINISTRATOR))
    assert page.total == len(page.hits)
    listed.suggest(text, ADMINISTRATOR)


@pytest.mark.parametrize("text", ['"轴承', "轴承*", "(轴承", "轴承\x00", "\u202e轴承\u200b", "title:轴承 "])
def test_words_count_whatever_stands_around_them(listed: Catalogue, text: str) -> None:
    assert found(listed, text) <= {"c-01"}
    assert found(listed, text.replace("title:", "")) == {"c-01"}


def test_a_word_in_the_title_counts_more(listed: Catalogue) -> None:
    assert ids(listed.search(CatalogueQuery(text="conveyor", viewer=ADMINISTRATOR)))[0] == "c-07"
    assert ids(listed.search(CatalogueQuery(text="刀具", viewer=ADMINISTRATOR)))[0] == "c-02"
    assert ids(listed.search(CatalogueQuery(text="振动", viewer=ADMINISTRATOR)))[0] == "c-01"
