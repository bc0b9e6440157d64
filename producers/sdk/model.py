"""What a factory's system posts. Fields that are left out get the service's defaults."""

import hashlib
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from producers.tables.layout import Strict

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Level = Annotated[int, Field(ge=1, le=5)]


class Source(Strict):
    """Where the post comes from; the service takes each `(system, id)` of a factory once."""

    system: Annotated[Text, Field(max_length=100)]
    id: Annotated[Text, Field(max_length=200)]


class WantedSkill(Strict):
    """A skill by its code, name or alias, at a level from 1 to 5; weights are relative."""

    skill: Annotated[Text, Field(max_length=80)]
    level: Level
    mandatory: bool = False
    weight: Annotated[float, Field(gt=0)] = 1.0


class Kpi(Strict):
    """What is to improve, now and wanted: "stopped hours a month", 6.4 to 2.0."""

    name: Annotated[Text, Field(max_length=100)]
    unit: Annotated[Text, Field(max_length=40)]
    baseline: float
    target: float


class ChallengePost(Strict):
    """A challenge as a system posts it. `bids_close_at` needs a time zone; `reward_cny` is in yuan."""

    title: Annotated[Text, Field(max_length=200)]
    text: Annotated[str, Field(max_length=20_000)] = ""
    language: Literal["zh", "en"] | None = None
    industry: Annotated[Text, Field(max_length=40)]
    skills: Annotated[tuple[WantedSkill, ...], Field(max_length=20)] = ()
    city: Annotated[str, Field(max_length=100)] | None = None
    province: Annotated[str, Field(max_length=100)] | None = None
    machine: Annotated[str, Field(max_length=200)] | None = None
    reward_cny: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None
    bids_close_at: datetime | None = None
    confidentiality: Literal["public", "members", "nda"] | None = None
    teaser: Annotated[str, Field(max_length=2_000)] | None = None
    hours_per_week: Annotated[float, Field(ge=0, le=168)] | None = None
    remote: bool | None = None
    kpi: Kpi | None = None
    source: Source | None = None

    @property
    def identity(self) -> Source:
        """By what the service knows the post again: its source, or else its content."""
        return self.source or Source(
            system="file", id=hashlib.sha256(self.model_dump_json().encode()).hexdigest()
        )
