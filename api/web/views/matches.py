"""The ranking of teams for a challenge, and why one of them stands where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from api.fits import TeamFit, fits_for_challenge
from api.redaction import may_name_members, redacted
from api.services import Ranking
from api.web.figures import FitPart, rounded_points, whole_points
from api.web.views.challenge import count_eligible
from api.web.views.fit import parts_of
from api.web.visit import Visit
from domain.matching.errors import NotInReplica
from domain.matching.explainer import explain
from domain.matching.explanation import Explanation, SkillLine, TermLine
from domain.matching.model import Member, Need
from domain.matching.score import Gate
from domain.matching.taxonomy import Skill, Taxonomy
from infra.queries.challenge_bids import bids_of_challenge
from infra.queries.names import Name
from infra.queries.team_cards import TeamCard, team_cards

SHOWN = 12
MOST = 100


@dataclass(frozen=True, slots=True)
class RankedTeam:
    """A row of the ranking. `moved` counts the places gained since the reader last looked."""

    rank: int
    team: TeamCard
    parts: tuple[FitPart, ...]
    score: float
    has_bid: bool
    is_own: bool
    moved: int


@dataclass(frozen=True, slots=True)
class ClosedGate:
    """How many teams a rule keeps out, and how many more could bid if its level were one lower."""

    gate: Gate
    skill: Skill | None
    level: int
    teams: int
    relaxed: int


@dataclass(frozen=True, slots=True)
class Matches:
    """The ranking as a reader sees it. `eligible` teams pass every gate, `out` do not."""

    rows: tuple[RankedTeam, ...]
    eligible: int
    out: int
    gates: tuple[ClosedGate, ...]

    @property
    def seen(self) -> str:
        """The ids in their order, to tell next time who moved."""
        return " ".join(row.team.id for row in self.rows)


@dataclass(frozen=True, slots=True)
class ExplainedSkill:
    """A row of the table: the line, its skill, who brings it (where the reader may know) and its points."""

    line: SkillLine
    skill: Skill
    stand_in: Skill | None
    provider: Name | None
    points: Decimal
    to_gain: Decimal


@dataclass(frozen=True, slots=True)
class Explained:
    """A score taken apart, in points that add up to `total`; `widest` is the scale of the bars."""

    told: Explanation
    team: TeamCard
    named: bool
    skills: tuple[ExplainedSkill, ...]
    terms: tuple[tuple[TermLine, Decimal], ...]
    total: Decimal
    widest: float
    certified: int
    covered: int
    is_own: bool

    @property
    def whole(self) -> int:
        """The score as rankings show it."""
        return whole_points(self.told.score)


def matches_for(
    visit: Visit, ranking: Ranking, need: Need, challenge_id: str, factory_id: str, most: int
) -> Matches:
    """The best teams, at most `most` and 100; `was` in the address tells who stood where."""
    fits = fits_for_challenge(visit.services, visit.viewer, need, factory_id, min(most, MOST))
    was = visit.request.query_params.get("was", "").split()[:MOST]
    with visit.services.database.read() as connection:
        competing = {one.bid.team_id for one in bids_of_challenge(connection, visit.me, challenge_id)}
    own = {team.id for team in visit.card.teams} if visit.card else set()
    eligible, everybody = count_eligible(need, ranking), len(ranking.replica.teams)
    rows = tuple(
        RankedTeam(
            rank=fit.hit.rank,
            team=fit.team,
            parts=parts_of(fit.told.skills, visit.services.taxonomy),
            score=fit.hit.score,
            has_bid=fit.hit.id in competing,
            is_own=fit.hit.id in own,
            moved=_moved(fit, was),
        )
        for fit in fits
    )
    return Matches(rows, eligible, everybody - eligible, _gates(need, ranking, eligible, everybody))


def _moved(fit: TeamFit, was: Sequence[str]) -> int:
    return was.index(fit.hit.id) + 1 - fit.hit.rank if fit.hit.id in was else 0


def _gates(need: Need, ranking: Ranking, eligible: int, everybody: int) -> tuple[ClosedGate, ...]:
    """What keeps teams out, rule by rule; one team may fail several."""
    free = replace(
        need,
        skills=tuple(replace(skill, mandatory=False) for skill in need.skills),
        eligible_schools=frozenset(),
    )
    available = count_eligible(free, ranking)
    taxonomy = ranking.replica.taxonomy
    closed = []
    for wanted in need.skills:
        if wanted.mandatory:
            alone = replace(
                free,
                skills=tuple(replace(s, mandatory=s.skill == wanted.skill) for s in free.skills),
            )
            teams = available - count_eligible(alone, ranking)
            closed.append(
                ClosedGate(
                    Gate.MANDATORY_SKILL,
                    taxonomy.skill(wanted.skill),
                    wanted.level,
                    teams,
                    _relaxed(need, wanted.skill, ranking) - eligible,
                )
            )
    if need.eligible_schools:
        schools = replace(free, eligible_schools=need.eligible_schools)
        teams = available - count_eligible(schools, ranking)
        closed.append(ClosedGate(Gate.ELIGIBILITY, None, 0, teams, 0))
    closed.append(ClosedGate(Gate.UNAVAILABLE, None, 0, everybody - available, 0))
    return tuple(sorted((gate for gate in closed if gate.teams), key=lambda gate: -gate.teams))


def _relaxed(need: Need, code: str, ranking: Ranking) -> int:
    """How many teams could bid if a must-have asked for one level less, or were none at level 1."""
    skills = tuple(
        replace(s, level=max(1, s.level - 1), mandatory=s.level > 1) if s.skill == code else s
        for s in need.skills
    )
    return count_eligible(replace(need, skills=skills), ranking)


def explained_for(visit: Visit, ranking: Ranking, need: Need, team_id: str, factory_id: str) -> Explained:
    """Why a team stands where it stands, as the reader may know it; raises NotInReplica."""
    with visit.services.database.read() as connection:
        team = team_cards(connection, [team_id]).get(team_id)
    if team is None:
        raise NotInReplica(team_id=team_id)
    supply = ranking.replica.supply(team_id)
    told = explain(
        need,
        supply,
        team.members,
        visit.services.taxonomy,
        ranking.policy,
        index=ranking.replica.teams,
        full_schools=ranking.full_schools,
    )
    told = redacted(told, team, visit.viewer, factory_id)
    named = may_name_members(visit.viewer, team, factory_id)
    own = visit.card is not None and any(one.id == team_id for one in visit.card.teams)
    return _explained(told, team, named, own, visit.services.taxonomy)


def _explained(told: Explanation, team: TeamCard, named: bool, is_own: bool, taxonomy: Taxonomy) -> Explained:
    lines: Sequence[SkillLine | TermLine] = (*told.skills, *told.terms)
    points = rounded_points([line.contribution for line in lines])
    members: Mapping[str, Member] = {member.student_id: member for member in team.members}
    skills = tuple(
        ExplainedSkill(
            line=line,
            skill=taxonomy.skill(line.skill),
            stand_in=taxonomy.skill(line.substitute) if line.substitute else None,
            provider=_name(members.get(line.provider or "")),
            points=got,
            to_gain=max(Decimal(0), Decimal(str(round(100 * line.maximum, 1))) - got),
        )
        for line, got in zip(told.skills, points, strict=False)
    )
    return Explained(
        told=told,
        team=team,
        named=named,
        skills=skills,
        terms=tuple(zip(told.terms, points[len(told.skills) :], strict=True)),
        total=sum(points, Decimal(0)),
        widest=max(line.maximum for line in lines),
        certified=sum(line.basis == "certified" for line in told.skills),
        covered=sum(line.credit > 0 for line in told.skills),
        is_own=is_own,
    )


def _name(member: Member | None) -> Name | None:
    return Name(member.student_id, member.name_zh, member.name_en) if member else None
