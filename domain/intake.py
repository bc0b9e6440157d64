"""What factories' systems send: the contract of a challenge from outside, version 1.

A message is a JSON object in UTF-8; its type is the header `ce_type` or the field `type`. A value that is
missing has the default that `parse` and `to_brief` name; a field that is not known is left alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NoReturn

from domain.audience import Confidentiality
from domain.challenges import Brief, Kpi, Source
from domain.errors import Invalid
from domain.fields import Fields
from domain.matching.model import HIGHEST_LEVEL, LOWEST_LEVEL, SkillNeed
from domain.matching.taxonomy import Taxonomy, fold

CHALLENGE_V1 = "jiebang.intake.challenge.v1"
MOST_BYTES = 256 * 1024
MOST_SKILLS = 20
BIDS_OPEN = timedelta(days=21)
FURTHEST = timedelta(days=3650)

TYPE_HEADER = "ce_type"
FACTORY_HEADER = "jiebang-factory"
"""Set by the API to the factory that the sender was authenticated for."""
REQUEST_HEADER = "jiebang-request"
"""Set by the API to an id that a message keeps wherever the log carries it, however often."""


class Reason(StrEnum):
    """Why a message was not accepted."""

    NULL = "null"
    OVERSIZED = "oversized"
    NOT_JSON = "not_json"
    UNKNOWN_VERSION = "unknown_version"
    WRONG_SCHEMA = "wrong_schema"
    UNKNOWN_FACTORY = "unknown_factory"
    ANOTHER_FACTORY = "another_factory"
    UNKNOWN_SKILL = "unknown_skill"


class Rejected(Invalid):
    """A message can never be accepted; `problems` says of each field what to change."""

    code = "rejected"

    def __init__(self, reason: Reason, problems: Mapping[str, str], factory_id: str | None = None) -> None:
        super().__init__(field=next(iter(problems), None), reason=reason, **problems)
        self.reason = reason
        self.problems = problems
        self.factory_id = factory_id


@dataclass(frozen=True, slots=True)
class WantedSkill:
    """A skill as the sender calls it: by code, name or alias."""

    skill: str
    level: int
    mandatory: bool
    weight: float


@dataclass(frozen=True, slots=True)
class IntakeChallenge:
    """A challenge as a system sent it, every field checked for itself; None where it said nothing."""

    source: Source
    factory_id: str
    title: str
    text: str
    language: str
    industry: str
    skills: tuple[WantedSkill, ...]
    city: str
    province: str
    reward_cny: int
    bids_close_at: datetime
    confidentiality: Confidentiality
    teaser: str
    kpi: Kpi | None
    hours_per_week: float
    remote: bool
    machine: str


def parse(value: bytes | None, headers: Mapping[str, str], now: datetime) -> IntakeChallenge:
    """Read a message. Raises Rejected with everything that is wrong with it.

    Bids close 21 days from `now` unless it says otherwise; the language is Chinese if the title or the
    text has a Han character; a message that names no factory is of the one that the API set.
    """
    data = _json_object(value)
    kind = headers.get(TYPE_HEADER) or data.get("type")
    if kind != CHALLENGE_V1:
        problem = f"is {kind!r:.80}; this release knows {CHALLENGE_V1}"
        raise Rejected(Reason.UNKNOWN_VERSION, {"type": problem}, _claimed_factory(data))
    problems: dict[str, str] = {}
    if data.get("factory_id") is None:
        data["factory_id"] = headers.get(FACTORY_HEADER)
    challenge = _challenge(Fields(data, problems), now)
    if problems:
        raise Rejected(Reason.WRONG_SCHEMA, problems, _claimed_factory(data))
    return challenge


def factory_of(value: bytes | None, headers: Mapping[str, str]) -> str | None:
    """Whom a message is from, whatever else is wrong with it; None where it does not say."""
    if (sender := headers.get(FACTORY_HEADER)) is not None:
        return sender
    try:
        return _claimed_factory(_json_object(value))
    except Rejected:
        return None


def to_brief(challenge: IntakeChallenge, city: str, province: str, taxonomy: Taxonomy) -> Brief:
    """The brief of a factory in `city` and `province`, in the taxonomy's words. Raises Rejected."""
    industry = _trade(challenge.industry, taxonomy)
    if industry is None:
        known = ", ".join(trade.code for trade in taxonomy.trades)
        problem = f"no trade has the code or name {challenge.industry!r}; there are {known}"
        raise Rejected(Reason.WRONG_SCHEMA, {"industry": problem}, challenge.factory_id)
    return Brief(
        title=challenge.title,
        text=challenge.text,
        language=challenge.language,
        industry=industry,
        skills=_skills(challenge, taxonomy),
        city=challenge.city or city,
        province=challenge.province or province,
        bids_close_at=challenge.bids_close_at,
        teaser=challenge.teaser,
        confidentiality=challenge.confidentiality,
        remote=challenge.remote,
        hours_per_week=challenge.hours_per_week,
        reward_cny=challenge.reward_cny,
        kpi=challenge.kpi,
        machine=challenge.machine,
    )


def _json_object(value: bytes | None) -> dict[str, object]:
    if value is None:
        raise Rejected(Reason.NULL, {"(message)": "has no value"})
    if len(value) > MOST_BYTES:
        raise Rejected(
            Reason.OVERSIZED, {"(message)": f"has {len(value)} bytes; at most {MOST_BYTES} are read"}
        )
    try:
        data = json.loads(value.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Rejected(Reason.NOT_JSON, {"(message)": f"is not JSON in UTF-8: {error!s:.200}"}) from error
    if not isinstance(data, dict):
        raise Rejected(Reason.WRONG_SCHEMA, {"(message)": "has to be a JSON object"})
    return data


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _claimed_factory(data: Mapping[str, object]) -> str | None:
    claimed = data.get("factory_id")
    return claimed if isinstance(claimed, str) else None


def _challenge(fields: Fields, now: datetime) -> IntakeChallenge:
    source = fields.part("source")
    title, text = fields.text("title", 200), fields.text("text", 20_000)
    confidentiality = Confidentiality(
        fields.choice("confidentiality", tuple(Confidentiality), default=Confidentiality.PUBLIC)
    )
    teaser = fields.text("teaser", 2_000, default="")
    if confidentiality is Confidentiality.NDA and not teaser:
        fields.blame("teaser", "is missing: a confidential challenge is listed by its teaser")
    return IntakeChallenge(
        source=Source(source.text("system", 100), source.text("id", 200)),
        factory_id=fields.text("factory_id", 36),
        title=title,
        text=text,
        language=fields.choice("language", ("zh", "en"), default=_language(title + text)),
        industry=fields.text("industry", 40),
        skills=tuple(map(_wanted_skill, fields.parts("skills", MOST_SKILLS))),
        city=fields.text("city", 100, default=""),
        province=fields.text("province", 100, default=""),
        reward_cny=fields.integer("reward_cny", 0, 1_000_000_000, default=0),
        bids_close_at=fields.moment("bids_close_at", default=now + BIDS_OPEN, latest=now + FURTHEST),
        confidentiality=confidentiality,
        teaser=teaser,
        kpi=_kpi(fields.part("kpi")) if fields.has("kpi") else None,
        hours_per_week=fields.number("hours_per_week", 0, 168, default=8.0),
        remote=fields.flag("remote"),
        machine=fields.text("machine", 200, default=""),
    )


def _wanted_skill(fields: Fields) -> WantedSkill:
    return WantedSkill(
        skill=fields.text("skill", 200),
        level=fields.integer("level", LOWEST_LEVEL, HIGHEST_LEVEL),
        mandatory=fields.flag("mandatory"),
        weight=fields.number("weight", 0.001, 1_000, default=1.0),
    )


def _kpi(fields: Fields) -> Kpi:
    return Kpi(
        name=fields.text("name", 100),
        unit=fields.text("unit", 40),
        baseline=fields.number("baseline", -1e15, 1e15),
        target=fields.number("target", -1e15, 1e15),
    )


def _language(text: str) -> str:
    return "zh" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en"


def _trade(name: str, taxonomy: Taxonomy) -> str | None:
    wanted = fold(name)
    return next((t.code for t in taxonomy.trades if wanted in (t.code, fold(t.zh), fold(t.en))), None)


def _skills(challenge: IntakeChallenge, taxonomy: Taxonomy) -> tuple[SkillNeed, ...]:
    """The needs with weights that sum to 1; a skill that is named twice counts once, by its higher level."""
    unknown: dict[str, str] = {}
    wanted: dict[str, WantedSkill] = {}
    for position, asked in enumerate(challenge.skills):
        skill = taxonomy.find(asked.skill)
        if skill is None:
            unknown[f"skills.{position}.skill"] = f"no skill has the code, name or alias {asked.skill!r}"
        elif skill.code not in wanted or wanted[skill.code].level < asked.level:
            wanted[skill.code] = asked
    if unknown:
        raise Rejected(Reason.UNKNOWN_SKILL, unknown, challenge.factory_id)
    total = sum(asked.weight for asked in wanted.values())
    return tuple(
        SkillNeed(code, asked.level, asked.weight / total, asked.mandatory) for code, asked in wanted.items()
    )
