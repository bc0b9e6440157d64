"""What is wrong with a system's message is said in the reader's language, whatever the intake finds."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from api.web.i18n import Reader, reading
from api.web.views.letters import problem_of
from domain.intake import CHALLENGE_V1, Rejected, parse, to_brief
from domain.matching.taxonomy import Taxonomy
from search.text import HAN

NOW = datetime(2026, 11, 22, tzinfo=UTC)
GOOD: Mapping[str, object] = {
    "type": CHALLENGE_V1,
    "factory_id": "f",
    "source": {"system": "cmms", "id": "1"},
    "title": "t",
    "text": "t",
    "industry": "welding",
}
BROKEN: list[object] = [
    {},
    [],
    {"type": "other"},
    {**GOOD, "title": " ", "text": 5, "source": "cmms", "skills": 3, "remote": 1},
    {**GOOD, "title": "t" * 500, "language": "fr", "reward_cny": -1, "hours_per_week": "x"},
    {**GOOD, "confidentiality": "nda", "bids_close_at": "tomorrow", "skills": [{}] * 30},
    {**GOOD, "kpi": {"name": "n"}, "skills": [{"skill": "PLC", "level": 9}, 3]},
    {**GOOD, "industry": "nonsense"},
    {**GOOD, "skills": [{"skill": "nonsense", "level": 2}]},
]


def problems_of(value: bytes, taxonomy: Taxonomy) -> Mapping[str, str]:
    with pytest.raises(Rejected) as caught:
        to_brief(parse(value, {}, NOW), "常州", "江苏", taxonomy)
    return caught.value.problems


@pytest.mark.parametrize("message", BROKEN, ids=range(len(BROKEN)))
def test_what_the_intake_says_is_said_in_chinese(message: object) -> None:
    problems = problems_of(json.dumps(message).encode(), Taxonomy.load())
    assert problems
    with reading(Reader("zh", NOW)):
        said = [problem_of(field, sentence) for field, sentence in problems.items()]
    assert [one.text for one in said if one.language or not re.search(f"[{HAN}]", one.text)] == []


def test_what_is_not_known_stays_as_it_came_and_says_in_which_language() -> None:
    with reading(Reader("zh", NOW)):
        one = problem_of("(message)", "deadlock detected")
    assert (one.text, one.language) == ("deadlock detected", "en")
