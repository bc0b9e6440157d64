"""What is suggested while somebody types."""

from dataclasses import replace

import pytest

from search.catalogue import Catalogue
from search.documents import SkillLabel
from search.queries import Suggestion, SuggestionKind
from tests.contract.search.sample import ADMINISTRATOR, CNC, PLC, VIBRATION, document, found


def skills(suggestions: list[Suggestion]) -> list[str]:
    return [suggestion.id for suggestion in suggestions if suggestion.kind is SuggestionKind.SKILL]


def challenges(suggestions: list[Suggestion]) -> list[str]:
    return [suggestion.id for suggestion in suggestions if suggestion.kind is SuggestionKind.CHALLENGE]


@pytest.mark.parametrize(
    "typed", ["v", "VIB", "vibration an", "analysis", "振", "振动分", "分析", "测振", "ｖｉｂ", " vib"]
)
def test_a_skill_is_suggested_by_any_of_its_names_from_any_word(listed: Catalogue, typed: str) -> None:
    assert Suggestion(
        SuggestionKind.SKILL, "vibration", "振动分析", "Vibration analysis", 4
    ) in listed.suggest(typed, ADMINISTRATOR)


@pytest.mark.parametrize("typed", ["", " ", "*", ".*", "v.*", "[v]", "ibration", "振动分析x"])
def test_what_begins_no_name_suggests_no_skill(listed: Catalogue, typed: str) -> None:
    assert skills(listed.suggest(typed, ADMINISTRATOR)) == []


def test_punctuation_in_a_name_is_only_text(listed: Catalogue) -> None:
    assert skills(listed.suggest("g-c", ADMINISTRATOR)) == ["cnc"]


def test_skills_stand_in_the_order_of_demand(listed: Catalogue) -> None:
    assert skills(listed.suggest("分析", ADMINISTRATOR)) == ["vibration"]
    assert skills(listed.suggest("programming", ADMINISTRATOR)) == ["cnc", "plc"]


def test_challenges_are_suggested_by_the_words_of_their_titles(listed: Catalogue) -> None:
    assert challenges(listed.suggest("bearin", ADMINISTRATOR)) == ["c-03"]
    assert challenges(listed.suggest("主轴", ADMINISTRATOR)) == ["c-08", "c-01"]
    assert challenges(listed.suggest("轴承", ADMINISTRATOR)) == []


def test_a_challenge_is_suggested_with_its_title(listed: Catalogue) -> None:
    title = "注塑机能耗高"
    assert listed.suggest("注塑", ADMINISTRATOR) == [
        Suggestion(SuggestionKind.CHALLENGE, "c-05", title, title, 1)
    ]


def test_a_renamed_skill_is_suggested_and_found_by_what_it_is_called_now(catalogue: Catalogue) -> None:
    first = document(
        1, "搪瓷", "", skills=(SkillLabel("local-enamel", "搪瓷烧成", "Enamel firing", ("窑炉",)), PLC)
    )
    renamed = (SkillLabel("local-enamel", "上釉", "Enamel glazing"), PLC)
    catalogue.write([first])
    catalogue.write([replace(first, doc_version=2, skills=renamed)])
    catalogue.refresh()
    for gone in ("烧成", "firing", "窑炉"):
        assert skills(catalogue.suggest(gone, ADMINISTRATOR)) == []
        assert found(catalogue, gone) == set()
    for now in ("上釉", "enamel gl"):
        assert catalogue.suggest(now, ADMINISTRATOR) == [
            Suggestion(SuggestionKind.SKILL, "local-enamel", "上釉", "Enamel glazing", 1)
        ]
        assert found(catalogue, now) == {first.id}
    assert skills(catalogue.suggest("plc", ADMINISTRATOR)) == ["plc"]


def test_skills_leave_room_for_challenges(catalogue: Catalogue) -> None:
    catalogue.write([document(n, "Programming task", "", skills=(CNC, PLC, VIBRATION)) for n in range(1, 9)])
    catalogue.refresh()
    suggestions = catalogue.suggest("p", ADMINISTRATOR, limit=3)
    assert (skills(suggestions), challenges(suggestions)) == (["cnc", "plc"], [])
    suggestions = catalogue.suggest("pr", ADMINISTRATOR, limit=3)
    assert (skills(suggestions), challenges(suggestions)) == (["cnc", "plc"], ["c-08"])
    suggestions = catalogue.suggest("programming t", ADMINISTRATOR, limit=3)
    assert (skills(suggestions), challenges(suggestions)) == ([], ["c-08", "c-07", "c-06"])
