"""What `jiebang match` reads: teams, their members' skills and challenges, checked as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from domain.matching import Member, Need, SkillNeed, SkillReader, Supply, Taxonomy
from domain.matching.errors import InvalidWeight, RepeatedSkill
from domain.matching.profile import supply_of
from domain.matching.validation import normalise_weights, validate_need
from jiebang.offline.checks import Checks, Id, Identified
from producers.sdk.model import Level, WantedSkill
from producers.tables.layout import Column, Layout, Strict, flag, listed, wanted_skills
from producers.tables.reading import Row, Rows, read_sheets, table_of

Hours = Annotated[float, Field(ge=0, le=168)]


class TeamRow(Identified):
    """A team with its weekly hours and place."""

    name: str = ""
    hours_per_week: Hours = 0.0
    city: str | None = None
    province: str | None = None
    schools: tuple[str, ...] = ()
    available: bool = True


class SkillRow(Strict):
    """One skill of one member, by its code, name or alias."""

    team: Id
    member: Id
    skill: Id
    level: Level
    certified: bool = False


class ChallengeRow(Identified):
    """A challenge; where `skills` is empty, they are read out of the title and the text."""

    title: str = ""
    text: str = ""
    skills: Annotated[tuple[WantedSkill, ...], Field(max_length=20)] = ()
    hours_per_week: Hours = 0.0
    city: str | None = None
    province: str | None = None
    remote: bool = False
    eligible_schools: tuple[str, ...] = ()


TEAMS = Layout(
    "团队",
    "teams",
    (
        Column("id", "编号", "id"),
        Column("name", "名称", "name"),
        Column("hours_per_week", "每周工时", "hours_per_week"),
        Column("city", "城市", "city"),
        Column("province", "省份", "province"),
        Column("schools", "学校", "schools", listed),
        Column("available", "可参加", "available", flag),
    ),
    TeamRow,
    (
        ("T1", "振动小队", "10", "苏州", "江苏", "示例学院", "是"),
        ("T2", "产线数据组", "6", "无锡", "江苏", "示例学院；示例职院", "是"),
    ),
)
MEMBERS = Layout(
    "成员",
    "members",
    (
        Column("team", "团队", "team"),
        Column("member", "成员", "member"),
        Column("skill", "技能", "skill"),
        Column("level", "等级", "level"),
        Column("certified", "已认证", "certified", flag),
    ),
    SkillRow,
    (
        ("T1", "成员甲", "vibration-analysis", "3", "是"),
        ("T1", "成员甲", "Python", "2", "否"),
        ("T1", "成员乙", "signal-processing", "3", "否"),
        ("T2", "成员丙", "PLC", "3", "是"),
        ("T2", "成员丙", "vibration-analysis", "3", "否"),
    ),
)
CHALLENGES = Layout(
    "难题",
    "challenges",
    (
        Column("id", "编号", "id"),
        Column("title", "标题", "title"),
        Column("text", "说明", "text"),
        Column("skills", "技能", "skills", wanted_skills),
        Column("hours_per_week", "每周工时", "hours_per_week"),
        Column("city", "城市", "city"),
        Column("province", "省份", "province"),
        Column("remote", "可远程", "remote", flag),
        Column("eligible_schools", "限定学校", "eligible_schools", listed),
    ),
    ChallengeRow,
    (
        (
            "C1", "主轴振动在线监测", "", "vibration-analysis:3!*2; PLC:2; signal-processing:3",
            "8", "苏州", "江苏", "否", "",
        ),
        (
            "C2", "注塑机数据采集", "注塑机机械手用S7-1200控制，想加OPC UA采集振动", "",
            "6", "", "", "是", "",
        ),
    ),
)  # fmt: skip
LAYOUTS = (TEAMS, MEMBERS, CHALLENGES)


@dataclass(frozen=True, slots=True)
class Team:
    """A team as the engine sees it, with its people."""

    name: str
    supply: Supply
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Challenge:
    """What is asked for, under a title."""

    title: str
    need: Need


@dataclass(frozen=True, slots=True)
class MatchCase:
    """Teams and challenges by id, in the order of the file."""

    teams: Mapping[str, Team]
    challenges: Mapping[str, Challenge]


def read_match_file(path: Path, taxonomy: Taxonomy) -> MatchCase:
    """Teams and challenges of a file. Raises UnreadableFile, FaultyFile with all mistakes, and OSError."""
    sheets = read_sheets(path)
    teams, members = table_of(sheets, TEAMS), table_of(sheets, MEMBERS)
    challenges = table_of(sheets, CHALLENGES)
    checks = Checks([teams, members, challenges])
    words = _Words(taxonomy)
    held = _skills_by_team(checks, words, teams, members)
    checks.distinct(challenges)
    found = {one.id: _challenge(checks, words, row, one) for row, one in challenges.good}
    checks.require()
    return MatchCase(
        {row.id: _team(row, held[row.id]) for _, row in teams.good},
        {id: challenge for id, challenge in found.items() if challenge is not None},
    )


class _Words:
    """The taxonomy by what people call its skills."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self.reader = SkillReader(taxonomy)
        self._names = [name for skill in taxonomy for name in (skill.code, *skill.names)]
        self._codes: dict[str, str | None] = {}

    def code(self, checks: Checks, row: Row[Any], field: str, name: str) -> str | None:
        """The code of the skill that is called so; noted, with the nearest names, where there is none."""
        if name not in self._codes:
            found = self.taxonomy.find(name)
            self._codes[name] = found.code if found else None
        if self._codes[name] is None:
            near = get_close_matches(name, self._names, n=3, cutoff=0.5)
            checks.wrong(
                row,
                field,
                f"没有技能“{name}”。" + (f"是不是：{'、'.join(near)}？" if near else ""),
                f"There is no skill {name!r}." + (f" Is it {' or '.join(near)}?" if near else ""),
            )
        return self._codes[name]


Held = dict[str, dict[str, tuple[int, bool]]]


def _skills_by_team(
    checks: Checks, words: _Words, teams: Rows[TeamRow], members: Rows[SkillRow]
) -> dict[str, Held]:
    """Each team's members with their skills."""
    known = checks.distinct(teams)
    held: dict[str, Held] = {id: {} for id in known}
    for row, one in members.good:
        code = words.code(checks, row, "skill", one.skill)
        if not checks.refer(row, "team", one.team, teams, known) or code is None:
            continue
        skills = held[one.team].setdefault(one.member, {})
        if code in skills:
            checks.wrong(
                row, "skill", "这个成员已有这项技能，删掉一行。", "The member has it already. Remove a row."
            )
        skills[code] = (one.level, one.certified)
    return held


def _team(row: TeamRow, held: Held) -> Team:
    members = tuple(Member(name, name, name, skills) for name, skills in held.items())
    supply = supply_of(
        row.id,
        1,
        members,
        schools=row.schools,
        hours_per_week=row.hours_per_week,
        city=row.city,
        province=row.province,
        available=row.available,
    )
    return Team(row.name or row.id, supply, members)


def _challenge(checks: Checks, words: _Words, row: Row[ChallengeRow], one: ChallengeRow) -> Challenge | None:
    wanted = [
        SkillNeed(code, skill.level, skill.weight, skill.mandatory)
        for skill in one.skills
        if (code := words.code(checks, row, "skills", skill.skill)) is not None
    ]
    if not one.skills:
        text = f"{one.title}\n{one.text}"
        wanted = [SkillNeed(found.skill, found.level, 1.0) for found in words.reader.suggest(text)]
        if not wanted:
            checks.wrong(
                row,
                "skills",
                "写出技能，例如 PLC:2；说明里也没读出来。",
                "Name skills, for example PLC:2; the text names none either.",
            )
    if len(wanted) < max(1, len(one.skills)):
        return None
    return _weighed(checks, words, row, one, wanted)


def _weighed(
    checks: Checks, words: _Words, row: Row[ChallengeRow], one: ChallengeRow, wanted: Sequence[SkillNeed]
) -> Challenge | None:
    try:
        need = Need(
            one.id,
            1,
            normalise_weights(wanted),
            one.hours_per_week,
            one.city,
            one.province,
            one.remote,
            frozenset(one.eligible_schools),
        )
        validate_need(need, words.taxonomy)
    except RepeatedSkill as error:
        skill = error.details["skill"]
        checks.wrong(row, "skills", f"“{skill}”有两次，删掉一个。", f"{skill} is there twice. Remove one.")
        return None
    except InvalidWeight:
        checks.wrong(
            row, "skills", "权重相差太大，写小一些。", "The weights are too large. Use smaller ones."
        )
        return None
    return Challenge(one.title or one.id, need)
