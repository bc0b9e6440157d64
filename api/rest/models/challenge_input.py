"""Challenges as they come in."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from api.rest.fields import (
    Code,
    Flag,
    Hours,
    Id,
    Input,
    Level,
    Measure,
    Moment,
    Weight,
    Yuan,
    line,
    optional_line,
    prose,
)
from domain.audience import Confidentiality
from domain.challenges import Brief, Kpi, Source
from domain.intake import BIDS_OPEN, MOST_SKILLS
from domain.matching.model import SkillNeed
from domain.matching.taxonomy import Taxonomy
from domain.organisations import Organisation
from domain.use_cases.challenges import PostChallenge

MOST_SCHOOLS = 50


class SkillIn(Input):
    """A skill that is asked for. Weights are relative to each other."""

    skill: Annotated[str, line(80)] = Field(
        description="Its code, or a name or alias in either language.", examples=["vibration-analysis"]
    )
    level: Level
    weight: Weight = 1.0
    mandatory: Flag = False


class KpiIn(Input):
    """What is to improve: a measure with its unit, now and wanted."""

    name: Annotated[str, line(100)] = Field(examples=["停机时间"])
    unit: Annotated[str, line(40)] = Field(examples=["小时/月"])
    baseline: Measure
    target: Measure


Title = Annotated[str, line(200), Field(examples=["数控主轴振动在线监测"])]
Text = Annotated[
    str, prose(20_000), Field(examples=["主轴轴承每季度损坏一次，停机 6 小时。希望提前一周报警。"])
]
Language = Literal["zh", "en"]
Industry = Annotated[Code, Field(description="A trade of /api/v1/trades.", examples=["machining"])]
Skills = Annotated[
    list[SkillIn],
    Field(
        max_length=MOST_SKILLS, examples=[[{"skill": "vibration-analysis", "level": 3, "mandatory": True}]]
    ),
]
Place = Annotated[str, line(100)]
Teaser = Annotated[str, prose(2_000), Field(description="What all may read of a confidential challenge.")]
Schools = Annotated[
    list[Id], Field(max_length=MOST_SCHOOLS, description="Only teams with one of them; empty for all.")
]
Machine = Annotated[str, optional_line(200)]


class SourceIn(Input):
    """Where a system keeps what the challenge is about: a work order, an alarm."""

    system: Annotated[str, line(100)] = Field(examples=["cmms"])
    id: Annotated[str, line(200)] = Field(examples=["WO-2026-1183"])


_OF_THE_BRIEF = frozenset(field.name for field in fields(Brief))


class ChallengeIn(Input):
    """A new challenge of my factory. What is left out has a default that suits most."""

    title: Title
    text: Text
    industry: Industry
    skills: Skills = Field(default_factory=list)
    language: Language | None = Field(None, description="Of what is written; found out where left out.")
    city: Place | None = Field(None, description="The factory's own where left out.")
    province: Place | None = Field(None, description="The factory's own where left out.")
    bids_close_at: Moment | None = Field(None, description="In 21 days where left out.")
    teaser: Teaser = ""
    confidentiality: Confidentiality = Confidentiality.PUBLIC
    remote: Flag = False
    hours_per_week: Hours = 8.0
    eligible_schools: Schools = Field(default_factory=list)
    reward_cny: Yuan = 0
    kpi: KpiIn | None = None
    machine: Machine = ""
    enterprise_mentor_id: Id | None = Field(None, description="Who of the factory will see it through.")
    source: SourceIn | None = Field(
        None, description="Becomes a challenge of my factory once, over this or over /api/v1/intake."
    )
    publish: Flag = Field(False, description="Open it at once; only for those who approve.")

    def command(self, factory: Organisation, now: datetime, taxonomy: Taxonomy) -> PostChallenge:
        """What `factory` wants posted `now`."""
        return PostChallenge(
            self.brief(factory, now, taxonomy),
            self.publish,
            self.enterprise_mentor_id,
            # without spaces around, as the intake keeps them
            Source(self.source.system.strip(), self.source.id.strip()) if self.source else None,
            frozenset(
                name for name in self.model_fields_set & _OF_THE_BRIEF if getattr(self, name) is not None
            ),
        )

    def brief(self, factory: Organisation, now: datetime, taxonomy: Taxonomy) -> Brief:
        """The brief of a challenge that `factory` posts `now`."""
        return Brief(
            title=self.title,
            text=self.text,
            language=self.language or written_in(self.title + self.text),
            industry=self.industry,
            skills=needs(self.skills, taxonomy),
            city=self.city or factory.city,
            province=self.province or factory.province,
            bids_close_at=self.bids_close_at or now + BIDS_OPEN,
            teaser=self.teaser,
            confidentiality=self.confidentiality,
            remote=self.remote,
            hours_per_week=self.hours_per_week,
            eligible_schools=tuple(self.eligible_schools),
            reward_cny=self.reward_cny,
            kpi=kpi_of(self.kpi),
            machine=self.machine,
        )


@with_config(ConfigDict(extra="forbid"))
class ChallengeChange(TypedDict, total=False):
    """What changes of a brief; what is left out stays."""

    title: Title
    text: Text
    industry: Industry
    skills: Skills
    language: Language
    city: Place
    province: Place
    bids_close_at: Moment
    teaser: Teaser
    confidentiality: Confidentiality
    remote: Flag
    hours_per_week: Hours
    eligible_schools: Schools
    reward_cny: Yuan
    kpi: KpiIn | None
    machine: Machine


def changed(brief: Brief, change: ChallengeChange, taxonomy: Taxonomy) -> Brief:
    """The brief with the change."""
    values: dict[str, Any] = dict(change)
    if "skills" in change:
        values["skills"] = needs(change["skills"], taxonomy)
    if "kpi" in change:
        values["kpi"] = kpi_of(change["kpi"])
    if "eligible_schools" in change:
        values["eligible_schools"] = tuple(change["eligible_schools"])
    return replace(brief, **values)


def needs(skills: list[SkillIn], taxonomy: Taxonomy) -> tuple[SkillNeed, ...]:
    """The skills as the domain takes them; one that the taxonomy does not know stays as it is called."""
    return tuple(SkillNeed(_code(s.skill, taxonomy), s.level, s.weight, s.mandatory) for s in skills)


def _code(called: str, taxonomy: Taxonomy) -> str:
    skill = taxonomy.find(called)
    return skill.code if skill else called


def kpi_of(kpi: KpiIn | None) -> Kpi | None:
    """The KPI as the domain takes it."""
    return Kpi(kpi.name, kpi.unit, kpi.baseline, kpi.target) if kpi else None


def written_in(text: str) -> Language:
    """Chinese where there is a Han character."""
    return "zh" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en"


class TermsIn(Input):
    """The edition that I read and accept: `terms.id` of the challenge."""

    terms: Annotated[str, line(60)]
