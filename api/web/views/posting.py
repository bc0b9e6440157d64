"""The form that posts a challenge: what is in it, and the brief that it makes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from api.web.forms import Form, read_number
from api.web.i18n import called, current_reader, gettext
from domain.audience import Confidentiality
from domain.challenges import Brief, Kpi
from domain.matching.model import SkillNeed
from domain.matching.taxonomy import Skill, Taxonomy
from search.text import HAN

OPEN_FOR = timedelta(days=21)
CLOSING_HOUR = 18
MOST_SKILLS = 12
MOST_REWARD, MOST_MEASURED = 1_000_000_000, 1e15
SENDS = frozenset({"preview", "draft", "review", "publish", "amend"})
"""The acts of buttons that send the whole form: a skill that was typed and not added goes along."""
USUAL_LEVEL, USUAL_WEIGHT = 2, 20
USUAL_HOURS = "8"
TEXTS = (
    "industry",
    "machine",
    "trouble",
    "title",
    "text",
    "kpi_name",
    "kpi_unit",
    "kpi_baseline",
    "kpi_target",
    "reward_cny",
    "bids_close_at",
    "hours_per_week",
    "city",
    "province",
    "confidentiality",
    "teaser",
    "enterprise_mentor_id",
    "skill_query",
)


class Trouble(StrEnum):
    """What is wrong on the shop floor; each is measured in its own way."""

    STOPS = "stops"
    DEFECTS = "defects"
    CHANGEOVER = "changeover"
    ENERGY = "energy"


@dataclass(frozen=True, slots=True)
class WantedSkill:
    """A skill in the form; weights are any whole numbers, their proportions count."""

    skill: Skill
    level: int = USUAL_LEVEL
    weight: int = USUAL_WEIGHT
    must: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form shows: texts by field as they were typed, and the skills."""

    texts: Mapping[str, str] = field(default_factory=dict)
    skills: tuple[WantedSkill, ...] = ()
    schools: frozenset[str] = frozenset()
    remote: bool = False

    def __getitem__(self, name: str) -> str:
        """What was typed into a field; templates say `draft.title`."""
        return self.texts.get(name, "")

    @property
    def reward(self) -> int:
        """The reward in whole yuan; 0 where what was typed is none that could be posted."""
        typed = read_number(self["reward_cny"])
        return int(typed) if typed is not None and 0 <= typed <= MOST_REWARD else 0

    def has(self, code: str) -> bool:
        """Whether the skill is asked for already."""
        return any(wanted.skill.code == code for wanted in self.skills)


def empty_draft(city: str, province: str, query: Mapping[str, str]) -> Draft:
    """A new form; a machine's code on the shop floor may fill in which machine and trade it is."""
    reader = current_reader()
    closes = (reader.local(reader.now) + OPEN_FOR).replace(hour=CLOSING_HOUR, minute=0)
    return Draft(
        {
            "city": city,
            "province": province,
            "bids_close_at": _typed(closes),
            "hours_per_week": USUAL_HOURS,
            "confidentiality": Confidentiality.PUBLIC,
            "machine": query.get("machine", "")[:200],
            "industry": query.get("industry", ""),
        }
    )


def draft_of_brief(brief: Brief, taxonomy: Taxonomy) -> Draft:
    """The form for a challenge that is there."""
    kpi = brief.kpi
    texts = {
        "industry": brief.industry,
        "machine": brief.machine,
        "title": brief.title,
        "text": brief.text,
        "kpi_name": kpi.name if kpi else "",
        "kpi_unit": kpi.unit if kpi else "",
        "kpi_baseline": f"{kpi.baseline:.15g}" if kpi else "",
        "kpi_target": f"{kpi.target:.15g}" if kpi else "",
        "reward_cny": str(brief.reward_cny) if brief.reward_cny else "",
        "bids_close_at": _typed(current_reader().local(brief.bids_close_at)),
        "hours_per_week": f"{brief.hours_per_week:g}",
        "city": brief.city,
        "province": brief.province,
        "confidentiality": brief.confidentiality,
        "teaser": brief.teaser,
    }
    skills = tuple(
        WantedSkill(taxonomy.skill(s.skill), s.level, max(1, round(100 * s.weight)), s.mandatory)
        for s in brief.skills
        if s.skill in taxonomy
    )
    return Draft(texts, skills, frozenset(brief.eligible_schools), brief.remote)


def draft_of_form(form: Form, taxonomy: Taxonomy) -> Draft:
    """The form as it came back, with a skill more or less where a button asked for that."""
    skills = []
    for code in dict.fromkeys(form.rows("skill")):
        if code in taxonomy:
            level = form.whole(f"level.{code}", 1, 5, USUAL_LEVEL)
            weight = form.whole(f"weight.{code}", 1, 100, USUAL_WEIGHT)
            skills.append(WantedSkill(taxonomy.skill(code), level, weight, form.flag(f"must.{code}")))
    draft = Draft(
        {name: form.raw(name) for name in TEXTS},
        tuple(skills[:MOST_SKILLS]),
        frozenset(form.rows("eligible_schools")),
        form.flag("remote"),
    )
    return _changed(draft, form, taxonomy)


def _changed(draft: Draft, form: Form, taxonomy: Taxonomy) -> Draft:
    act, _, value = form.raw("do").partition(":")
    if act == "remove":
        kept = tuple(wanted for wanted in draft.skills if wanted.skill.code != value)
        return Draft(draft.texts, kept, draft.schools, draft.remote)
    if act == "find" or (act in SENDS and draft["skill_query"]):
        typed = draft["skill_query"]
        found = taxonomy.find(typed) if typed else None
        if found is None:
            form.refuse("skill_query", gettext("No skill is called that. Pick one of the list."))
            return draft
        return _added(draft, WantedSkill(found), form)
    if act == "add":
        code, _, level = value.partition(":")
        if code in taxonomy and level in "12345":
            return _added(draft, WantedSkill(taxonomy.skill(code), int(level or USUAL_LEVEL)), form)
    return draft


def _added(draft: Draft, wanted: WantedSkill, form: Form) -> Draft:
    if draft.has(wanted.skill.code):
        return draft
    if len(draft.skills) >= MOST_SKILLS:
        form.refuse("skill_query", gettext("Twelve skills are enough: take one away first."))
        return draft
    texts = {**draft.texts, "skill_query": ""}
    return Draft(texts, (*draft.skills, wanted), draft.schools, draft.remote)


def brief_of(
    form: Form, draft: Draft, *, language: str | None = None, former: Brief | None = None
) -> Brief | None:
    """The brief that the form makes; None where a field is wrong, which `form.errors` then says.

    A deadline that shows the minute of the `former` brief's is that one, to the second.
    """
    title = form.text("title", 200, required=True)
    text = form.text("text", 20_000)
    if not form.raw("industry"):
        form.refuse("industry", gettext("Choose a trade."))
    closes = form.moment("bids_close_at")
    if former and closes == former.bids_close_at.replace(second=0, microsecond=0):
        closes = former.bids_close_at
    hours = form.number("hours_per_week", 0, 168, float(USUAL_HOURS))
    brief = Brief(
        title=title,
        text=text,
        language=language or language_of(f"{title} {text}"),
        industry=form.raw("industry"),
        skills=tuple(
            SkillNeed(wanted.skill.code, wanted.level, wanted.weight, wanted.must) for wanted in draft.skills
        ),
        city=form.text("city", 100, required=True),
        province=form.text("province", 100),
        bids_close_at=closes or current_reader().now,
        teaser=form.text("teaser", 2_000),
        confidentiality=Confidentiality(
            form.choice("confidentiality", [c.value for c in Confidentiality], Confidentiality.PUBLIC)
        ),
        remote=draft.remote,
        hours_per_week=hours if hours is not None else float(USUAL_HOURS),
        eligible_schools=tuple(sorted(draft.schools)),
        reward_cny=form.whole("reward_cny", 0, MOST_REWARD, 0),
        kpi=_kpi(form),
        machine=form.text("machine", 200),
    )
    return brief if form.accepted else None


def _kpi(form: Form) -> Kpi | None:
    """The measure; none where neither value was given. What is wrong says how it is usually measured."""
    usual = usual_measures().get(form.raw("trouble"))
    baseline = form.number("kpi_baseline", -MOST_MEASURED, MOST_MEASURED)
    target = form.number("kpi_target", -MOST_MEASURED, MOST_MEASURED)
    if baseline is None and target is None:
        return None
    if baseline is None or target is None:
        missing = "kpi_baseline" if baseline is None else "kpi_target"
        form.refuse(missing, gettext("Give both values: now and wanted."))
        return None
    name = form.text("kpi_name", 100) or (usual[0] if usual else "")
    unit = form.text("kpi_unit", 60) or (usual[1] if usual else "")
    if not unit:
        form.refuse("kpi_unit", gettext("Say in what it is measured."))
    return Kpi(name or unit, unit, baseline, target)


def usual_measures() -> Mapping[str, tuple[str, str]]:
    """By trouble, the measure's name and unit in the reader's language."""
    return {
        Trouble.STOPS: (gettext("Stopped hours"), gettext("hours stopped a month")),
        Trouble.DEFECTS: (gettext("Defects"), gettext("defects, %")),
        Trouble.CHANGEOVER: (gettext("Changeover"), gettext("minutes a changeover")),
        Trouble.ENERGY: (gettext("Energy"), gettext("kWh a piece")),
    }


def language_of(text: str) -> str:
    """The language in which something was written: Chinese as soon as one Han character is in it."""
    return "zh" if re.search(f"[{HAN}]", text) else "en"


def _typed(moment: datetime) -> str:
    """As a datetime-local field takes it."""
    return f"{moment:%Y-%m-%dT%H:%M}"


def skill_choices(taxonomy: Taxonomy) -> list[str]:
    """The names of all skills in the reader's language, to pick from."""
    return [called(skill) for skill in taxonomy]
