"""Ranking what `jiebang match` read, and its results as tables."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.matching import Explanation, Hit, Policy, Taxonomy, TeamIndex, explain
from domain.matching.explanation import Basis, Counterfactual, SkillLine
from jiebang.offline.match_file import Challenge, MatchCase, Team
from producers.tables.layout import Language
from producers.tables.writing import Cell, WrittenTable

DIGITS = 4


@dataclass(frozen=True, slots=True)
class Match:
    """A team's place in the ranking for a challenge, and why."""

    team: Team
    hit: Hit
    told: Explanation

    @property
    def points(self) -> list[float]:
        """What coverage and the other terms add to the score, in the order of `TERMS`."""
        coverage = sum(line.contribution for line in self.told.skills)
        return [coverage, *(term.contribution for term in self.told.terms)]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A challenge with its best teams; none where no team passes its gates."""

    challenge: Challenge
    matches: tuple[Match, ...]


def ranked(case: MatchCase, taxonomy: Taxonomy, policy: Policy, top: int) -> Iterator[Ranked]:
    """Each challenge of the case with its `top` best teams, lazily, in the order of the file."""
    index = TeamIndex.build((team.supply for team in case.teams.values()), taxonomy)
    for challenge in case.challenges.values():
        hits = index.rank(challenge.need, top, policy)
        matches = []
        for hit in hits:
            team = case.teams[hit.id]
            told = explain(challenge.need, team.supply, team.members, taxonomy, policy)
            matches.append(Match(team, hit, told))
        yield Ranked(challenge, tuple(matches))


TERMS = {
    "zh": ("覆盖", "专注", "均衡", "工时", "地点"),
    "en": ("coverage", "focus", "balance", "availability", "site"),
}
_MATCHES = {
    "zh": (
        "难题", "标题", "名次", "团队", "名称", "得分", *TERMS["zh"], "技能与提供人", "缺少", "补一项最有用",
    ),
    "en": (
        "challenge", "title", "rank", "team", "name", "score", *TERMS["en"], "skills and who brings them",
        "missing", "most useful step",
    ),
}  # fmt: skip
_SKILLS = {
    "zh": (
        "难题", "团队", "技能", "名称", "必备", "权重", "要求等级", "等级", "提供人", "依据",
        "代替的技能", "贡献", "最多",
    ),
    "en": (
        "challenge", "team", "skill", "name", "mandatory", "weight", "required", "level", "provider", "basis",
        "substitute", "contribution", "maximum",
    ),
}  # fmt: skip
_BASES = {
    Basis.CERTIFIED: "已认证",
    Basis.SELF_RATED: "自评",
    Basis.SUBSTITUTE: "相近技能",
    Basis.MISSING: "缺少",
}


class Report:
    """The results in the words of one language."""

    def __init__(self, taxonomy: Taxonomy, language: Language) -> None:
        self._taxonomy = taxonomy
        self._language = language

    def tables(self, results: list[Ranked]) -> list[WrittenTable]:
        """A table with a row a match, and one with a row a required skill of each."""
        zh = self._language == "zh"
        matches = [self._match(one.challenge, match) for one in results for match in one.matches]
        skills = [
            self._skill(match.told, line)
            for one in results
            for match in one.matches
            for line in match.told.skills
        ]
        return [
            WrittenTable("匹配" if zh else "matches", _MATCHES[self._language], matches),
            WrittenTable("技能" if zh else "skills", _SKILLS[self._language], skills),
        ]

    def skills(self, told: Explanation) -> str:
        """Each skill that earns something: the team's level of the required one, and who brings it."""
        return "; ".join(self._brought(line) for line in told.skills if line.basis is not Basis.MISSING)

    def missing(self, told: Explanation) -> str:
        """The skills that no member has, the weightiest first."""
        return "; ".join(map(self.name, told.missing))

    def name(self, code: str) -> str:
        """What a skill is called."""
        skill = self._taxonomy.skill(code)
        return skill.zh if self._language == "zh" else skill.en

    def _brought(self, line: SkillLine) -> str:
        tick = " ✓" if line.basis is Basis.CERTIFIED else ""
        instead = f" ← {self.name(line.substitute)}" if line.substitute else ""
        return f"{self.name(line.skill)} {line.level}/{line.required} {line.provider}{tick}{instead}"

    def _match(self, challenge: Challenge, match: Match) -> list[Cell]:
        told = match.told
        return [
            challenge.need.challenge_id,
            challenge.title,
            match.hit.rank,
            match.hit.id,
            match.team.name,
            round(match.hit.score, DIGITS),
            *(round(value, DIGITS) for value in match.points),
            self.skills(told),
            self.missing(told),
            self._step(told.counterfactuals[0]) if told.counterfactuals else "",
        ]

    def _step(self, step: Counterfactual) -> str:
        certified = (" 认证" if self._language == "zh" else " certified") if step.certified else ""
        return f"{self.name(step.skill)} {step.from_level}→{step.to_level}{certified} +{step.gain:.3f}"

    def _skill(self, told: Explanation, line: SkillLine) -> list[Cell]:
        yes, no = ("是", "否") if self._language == "zh" else ("yes", "no")
        return [
            told.challenge_id,
            told.team_id,
            line.skill,
            self.name(line.skill),
            yes if line.mandatory else no,
            round(line.weight, DIGITS),
            line.required,
            line.level,
            line.provider or "",
            _BASES[line.basis] if self._language == "zh" else line.basis.value.replace("_", " "),
            self.name(line.substitute) if line.substitute else "",
            round(line.contribution, DIGITS),
            round(line.maximum, DIGITS),
        ]
