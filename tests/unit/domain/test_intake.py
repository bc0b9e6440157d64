"""The contract of messages from factories' systems."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.audience import Confidentiality
from domain.challenges import Kpi, Source
from domain.intake import (
    CHALLENGE_V1,
    FACTORY_HEADER,
    MOST_BYTES,
    Reason,
    Rejected,
    factory_of,
    parse,
    to_brief,
)
from domain.matching.taxonomy import Taxonomy

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HEADERS = {"ce_type": CHALLENGE_V1}


def body(**changes: Any) -> dict[str, Any]:
    least = {
        "source": {"system": "mes", "id": "WO-1"},
        "factory_id": "f1",
        "title": "主轴振动",
        "text": "主轴轴承每季度损坏一次",
        "industry": "machining",
        "skills": [{"skill": "PLC", "level": 3}],
    }
    return {name: value for name, value in {**least, **changes}.items() if value is not ...}


def encoded(**changes: Any) -> bytes:
    return json.dumps(body(**changes)).encode()


def rejected(value: bytes | None, headers: dict[str, str] | None = None) -> Rejected:
    with pytest.raises(Rejected) as caught:
        parse(value, HEADERS if headers is None else headers, NOW)
    return caught.value


def test_what_a_message_leaves_out_has_a_default(taxonomy: Taxonomy) -> None:
    brief = to_brief(parse(encoded(), HEADERS, NOW), "苏州", "江苏", taxonomy)
    assert (brief.city, brief.province, brief.language) == ("苏州", "江苏", "zh")
    assert brief.bids_close_at == NOW + timedelta(days=21)
    assert (brief.reward_cny, brief.kpi, brief.remote, brief.teaser) == (0, None, False, "")
    assert brief.confidentiality is Confidentiality.PUBLIC
    (need,) = brief.skills
    assert (need.skill, need.level, need.weight, need.mandatory) == ("plc-programming", 3, 1.0, False)


def test_everything_that_a_message_says_reaches_the_brief(taxonomy: Taxonomy) -> None:
    message = encoded(
        title="Spindle wear",
        text="Bearings fail",
        skills=[
            {"skill": "振动分析", "level": 4, "mandatory": True, "weight": 3},
            {"skill": "plc-programming", "level": 2, "weight": 1},
        ],
        city="合肥",
        province="安徽",
        reward_cny=12000,
        bids_close_at="2026-04-01T17:00:00+08:00",
        confidentiality="nda",
        teaser="A machine wears",
        kpi={"name": "stops", "unit": "h", "baseline": 6.4, "target": 2},
        hours_per_week=12,
        remote=True,
        machine="CNC-07",
        something_new={"is": "left alone"},
    )
    challenge = parse(message, HEADERS, NOW)
    brief = to_brief(challenge, "苏州", "江苏", taxonomy)
    assert (challenge.source, challenge.factory_id) == (Source("mes", "WO-1"), "f1")
    assert [(n.skill, n.level, n.weight, n.mandatory) for n in brief.skills] == [
        ("vibration-analysis", 4, 0.75, True),
        ("plc-programming", 2, 0.25, False),
    ]
    assert brief.bids_close_at == datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
    assert (brief.language, brief.city, brief.province) == ("en", "合肥", "安徽")
    assert (brief.reward_cny, brief.remote) == (12000, True)
    assert (brief.kpi, brief.hours_per_week) == (Kpi("stops", "h", 6.4, 2.0), 12.0)
    assert (brief.machine, brief.teaser) == ("CNC-07", "A machine wears")
    assert brief.confidentiality is Confidentiality.NDA


def test_the_type_may_stand_in_the_body() -> None:
    assert parse(encoded(type=CHALLENGE_V1), {}, NOW).title == "主轴振动"


def test_a_message_that_names_no_factory_is_of_the_one_that_the_api_set() -> None:
    headers = {**HEADERS, FACTORY_HEADER: "f2"}
    assert parse(encoded(factory_id=...), headers, NOW).factory_id == "f2"
    assert parse(encoded(), headers, NOW).factory_id == "f1"
    assert "factory_id" in rejected(encoded(factory_id=...), {**HEADERS, FACTORY_HEADER: "x" * 37}).problems


@pytest.mark.parametrize(
    ("value", "headers", "factory_id"),
    [
        (encoded(), {}, "f1"),
        (encoded(factory_id="f1", title=5), {FACTORY_HEADER: "f2"}, "f2"),
        (b"{", {FACTORY_HEADER: "f2"}, "f2"),
        (b"{", {}, None),
        (None, {}, None),
        (encoded(factory_id=7), {}, None),
    ],
)
def test_whom_a_message_is_from_is_known_as_far_as_it_says(
    value: bytes | None, headers: dict[str, str], factory_id: str | None
) -> None:
    assert factory_of(value, headers) == factory_id


def test_a_byte_order_mark_does_no_harm() -> None:
    assert parse(b"\xef\xbb\xbf" + encoded(), HEADERS, NOW).title == "主轴振动"


def test_a_trade_is_known_by_its_code_and_both_names(taxonomy: Taxonomy) -> None:
    trade = next(t for t in taxonomy.trades if t.code == "machining")
    for spoken in (trade.zh, trade.en, trade.en.upper(), "MACHINING"):
        brief = to_brief(parse(encoded(industry=spoken), HEADERS, NOW), "", "", taxonomy)
        assert brief.industry == "machining"


def test_a_skill_that_is_named_twice_counts_once_by_its_higher_level(taxonomy: Taxonomy) -> None:
    skills = [{"skill": "PLC", "level": 2}, {"skill": "plc-programming", "level": 4}]
    (need,) = to_brief(parse(encoded(skills=skills), HEADERS, NOW), "", "", taxonomy).skills
    assert (need.level, need.weight) == (4, 1.0)


@pytest.mark.parametrize(
    ("value", "headers", "reason"),
    [
        (None, HEADERS, Reason.NULL),
        (b" " * (MOST_BYTES + 1), HEADERS, Reason.OVERSIZED),
        (b"", HEADERS, Reason.NOT_JSON),
        (b"{", HEADERS, Reason.NOT_JSON),
        (b"\xff\xfe", HEADERS, Reason.NOT_JSON),
        (b"[" * 200_000, HEADERS, Reason.NOT_JSON),
        (b'{"reward_cny": NaN}', HEADERS, Reason.NOT_JSON),
        (b'{"reward_cny": ' + b"9" * 5000 + b"}", HEADERS, Reason.NOT_JSON),
        (b"[]", HEADERS, Reason.WRONG_SCHEMA),
        (b"null", HEADERS, Reason.WRONG_SCHEMA),
        (b'"text"', HEADERS, Reason.WRONG_SCHEMA),
        (b"{}", {}, Reason.UNKNOWN_VERSION),
        (b"{}", {"ce_type": "jiebang.intake.challenge.v2"}, Reason.UNKNOWN_VERSION),
        (b'{"type": {"a": 1}}', {}, Reason.UNKNOWN_VERSION),
    ],
)
def test_what_is_no_message_is_rejected_with_its_reason(
    value: bytes | None, headers: dict[str, str], reason: Reason
) -> None:
    found = rejected(value, headers)
    assert found.reason is reason
    assert all(problem for problem in found.problems.values())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": ...}, "source"),
        ({"source": "mes"}, "source"),
        ({"source": {"system": "mes"}}, "source.id"),
        ({"source": {"system": "mes", "id": 7}}, "source.id"),
        ({"source": {"system": " ", "id": "1"}}, "source.system"),
        ({"factory_id": ...}, "factory_id"),
        ({"factory_id": "x" * 37}, "factory_id"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"title": "a\ud800b"}, "title"),
        ({"text": ["a"]}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"language": "fr"}, "language"),
        ({"language": ["zh"]}, "language"),
        ({"industry": ...}, "industry"),
        ({"skills": "PLC"}, "skills"),
        ({"skills": ["PLC"]}, "skills.0"),
        ({"skills": [{"level": 3}]}, "skills.0.skill"),
        ({"skills": [{"skill": "PLC"}]}, "skills.0.level"),
        ({"skills": [{"skill": "PLC", "level": 6}]}, "skills.0.level"),
        ({"skills": [{"skill": "PLC", "level": True}]}, "skills.0.level"),
        ({"skills": [{"skill": "PLC", "level": 3, "weight": 0}]}, "skills.0.weight"),
        ({"skills": [{"skill": "PLC", "level": 3, "weight": "1"}]}, "skills.0.weight"),
        ({"skills": [{"skill": "PLC", "level": 3, "mandatory": "yes"}]}, "skills.0.mandatory"),
        ({"skills": [{"skill": "PLC", "level": 3}] * 21}, "skills"),
        ({"city": 5}, "city"),
        ({"province": "x" * 101}, "province"),
        ({"reward_cny": -1}, "reward_cny"),
        ({"reward_cny": 1.5}, "reward_cny"),
        ({"reward_cny": "12000"}, "reward_cny"),
        ({"bids_close_at": "tomorrow"}, "bids_close_at"),
        ({"bids_close_at": "2026-04-01T17:00:00"}, "bids_close_at"),
        ({"bids_close_at": "9999-12-31T23:59:59-12:00"}, "bids_close_at"),
        ({"bids_close_at": 1775000000}, "bids_close_at"),
        ({"confidentiality": "secret"}, "confidentiality"),
        ({"confidentiality": "nda"}, "teaser"),
        ({"kpi": 5}, "kpi"),
        ({"kpi": {"name": "stops", "unit": "h", "baseline": 1}}, "kpi.target"),
        ({"hours_per_week": 169}, "hours_per_week"),
        ({"hours_per_week": 1e400}, "hours_per_week"),
        ({"remote": 1}, "remote"),
        ({"machine": "x" * 201}, "machine"),
    ],
)
def test_each_wrong_field_is_named(changes: dict[str, Any], field: str) -> None:
    value = json.dumps(body(**changes)).replace("Infinity", "1e400").encode()
    found = rejected(value)
    assert found.reason is Reason.WRONG_SCHEMA
    assert field in found.problems
    assert not any(name.startswith(field + ".") for name in found.problems)


def test_all_wrong_fields_are_named_at_once() -> None:
    found = rejected(encoded(title=..., reward_cny=-1, skills=[{"skill": "PLC", "level": 9}]))
    assert set(found.problems) == {"title", "reward_cny", "skills.0.level"}
    assert found.factory_id == "f1"
    assert found.problems["skills.0.level"] == "has to be a whole number from 1 to 5, not 9"


def test_unknown_skills_are_named_with_what_was_asked(taxonomy: Taxonomy) -> None:
    skills = [{"skill": "PLC", "level": 3}, {"skill": "alchemy", "level": 2}]
    with pytest.raises(Rejected) as caught:
        to_brief(parse(encoded(skills=skills), HEADERS, NOW), "", "", taxonomy)
    assert caught.value.reason is Reason.UNKNOWN_SKILL
    assert caught.value.problems == {"skills.1.skill": "no skill has the code, name or alias 'alchemy'"}


def test_an_unknown_trade_is_answered_with_the_known_ones(taxonomy: Taxonomy) -> None:
    with pytest.raises(Rejected) as caught:
        to_brief(parse(encoded(industry="alchemy"), HEADERS, NOW), "", "", taxonomy)
    assert "machining" in caught.value.problems["industry"]
