"""What the sample data's files may say, and reading them."""

from collections.abc import Iterator
from enum import StrEnum
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from domain.audience import Confidentiality
from domain.challenges import Kpi
from domain.organisations import OrganisationKind, Role
from domain.projects import Side

DATA = files("jiebang.sample") / "data"

Names = tuple[str, str]
"""In Chinese and in English."""


class Entry(BaseModel):
    """A piece of a file; a key that it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class HumanEntry(Entry):
    """Somebody; `shown` says what they are, where they are worth signing in as."""

    name: Names
    login: str | None = None
    shown: Names | None = None


class PersonEntry(HumanEntry):
    """Somebody of an organisation."""

    key: str
    roles: frozenset[Role]
    capacity: int = 0


class OrganisationEntry(Entry):
    """`place` is the city and the province."""

    key: str
    name: Names
    place: tuple[str, str]
    people: tuple[PersonEntry, ...]


class OrganisationsFile(Entry):
    schools: tuple[OrganisationEntry, ...]
    factories: tuple[OrganisationEntry, ...]

    def by_kind(self) -> Iterator[tuple[OrganisationKind, OrganisationEntry]]:
        """All of them, schools first."""
        yield from ((OrganisationKind.SCHOOL, school) for school in self.schools)
        yield from ((OrganisationKind.FACTORY, factory) for factory in self.factories)


class NamesFile(Entry):
    family: tuple[Names, ...]
    given: tuple[Names, ...]


class Track(Entry):
    """Skill codes: the track's own, and those often learned beside them."""

    main: tuple[str, ...]
    side: tuple[str, ...]


class TracksFile(Entry):
    """`project` are skills of project work; `unteamed` are students without a team: school and track."""

    tracks: dict[str, Track]
    project: tuple[str, ...]
    unteamed: tuple[tuple[str, str], ...]


class MemberEntry(HumanEntry):
    """A student with exactly these skills and levels."""

    certified: dict[str, int]
    rated: dict[str, int]


class TeamEntry(Entry):
    """One member for each track; the schools are dealt out to the members in turn."""

    key: str
    title: str
    schools: tuple[str, ...]
    mentor: str
    hours: float
    tracks: tuple[str, ...]
    members: tuple[MemberEntry, ...] = ()


class TeamsFile(Entry):
    """`locked` are the teams whose roster is closed."""

    teams: tuple[TeamEntry, ...]
    locked: tuple[str, ...]


class Deed(StrEnum):
    """What somebody does in a challenge's story; each is a use case."""

    DRAFT = "draft"
    SUBMIT_DRAFT = "submit_draft"
    OPEN = "open"
    POST = "post"
    BID = "bid"
    REVISE = "revise"
    WITHDRAW = "withdraw"
    SHORTLIST = "shortlist"
    AWARD = "award"
    CANCEL = "cancel"
    SUBMIT = "submit"
    RETURN = "return"
    SIGN = "sign"
    ACCEPT = "accept"


class StepEntry(Entry):
    """A milestone of a plan; `due` counts days from today."""

    title: str
    due: int


class ActEntry(Entry):
    """Something that happened on a `day`, counted from today; bids and milestones are numbered from 1.

    A bid without a `team` is sent by one of the teams that fit best.
    """

    day: int
    act: Deed
    text: str = ""
    team: str | None = None
    plan: tuple[StepEntry, ...] = ()
    bid: int = 1
    feedback: dict[int, str] = {}
    reserve: frozenset[int] = frozenset()
    milestone: int = 1
    side: Side = Side.SCHOOL


SkillEntry = tuple[str, int, int] | tuple[str, int, int, Literal["must"]]
"""Code, level, weight in percent, and whether it is mandatory."""


class ChallengeEntry(Entry):
    """A challenge with its story; bids close at the end of the working day `closes`, counted from today."""

    title: str
    plant: str
    machine: str
    text: str
    kpi: Kpi
    reward: int
    closes: int
    skills: tuple[SkillEntry, ...]
    story: tuple[ActEntry, ...]
    language: Literal["zh", "en"] = "zh"
    confidentiality: Confidentiality = Confidentiality.PUBLIC
    teaser: str = ""
    mentor: str | None = None
    hours: float = 8
    remote: bool = False
    schools: tuple[str, ...] = ()


class TradeFile(Entry):
    """The challenges of one trade."""

    trade: str
    challenges: tuple[ChallengeEntry, ...]


def read_organisations() -> OrganisationsFile:
    """Schools, factories and their people; this and its neighbours raise pydantic's ValidationError, which
    names the entry that is wrong."""
    return OrganisationsFile.model_validate(_read("organisations.yaml"))


def read_names() -> NamesFile:
    """What invented students are called."""
    return NamesFile.model_validate(_read("names.yaml"))


def read_tracks() -> TracksFile:
    """What invented students learn."""
    return TracksFile.model_validate(_read("tracks.yaml"))


def read_teams() -> TeamsFile:
    """The teams."""
    return TeamsFile.model_validate(_read("teams.yaml"))


def read_trades() -> list[TradeFile]:
    """The challenges, trade by trade."""
    names = sorted(file.name for file in (DATA / "challenges").iterdir())
    return [TradeFile.model_validate(_read(f"challenges/{name}")) for name in names]


def _read(name: str) -> object:
    return yaml.load((DATA / name).read_text("utf-8"), yaml.CSafeLoader)
