"""The reader's team: what it can do, and what one skill more would open."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from api.services import Ranking
from api.web.figures import whole_points
from api.web.views.fit import READY
from api.web.views.notices import supply_of
from api.web.visit import Visit
from domain.matching.explainer import explain
from domain.matching.model import Levels, Need, Supply
from domain.matching.score import Gate, gates
from domain.matching.taxonomy import Skill, Taxonomy
from infra.queries.reader_card import OwnTeam
from infra.queries.team_cards import TeamCard, team_cards
from infra.queries.visible_needs import visible_open_needs

SKILLS_SHOWN = 6
GAPS_SHOWN = 3
NEAR = 60
"""From so many points on, a challenge may come within reach by one skill."""
COMPARED = 30


@dataclass(frozen=True, slots=True)
class TeamSummary:
    """A team in a few lines: its best skills with the level and whether that is certified."""

    id: str
    title: str
    people: int
    schools: int
    skills: tuple[tuple[Skill, int, bool], ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A skill that would open challenges: `opens` more to bid for, `lifts` more to a strong fit."""

    skill: Skill
    have: int
    level: int
    opens: int
    lifts: int


def own_team(visit: Visit) -> OwnTeam | None:
    """The team for which the reader looks: one that they lead, else one that they are in."""
    return visit.card.teams[0] if visit.card and visit.card.teams else None


def team_summary(visit: Visit, team_id: str) -> TeamSummary | None:
    """The team in a few lines; None where it is gone."""
    with visit.services.database.read() as connection:
        card = team_cards(connection, [team_id]).get(team_id)
    return summary_of(card, visit.services.taxonomy) if card else None


def summary_of(card: TeamCard, taxonomy: Taxonomy) -> TeamSummary:
    """The best skills of a team over its members, certified ones first among equals."""
    best: dict[str, Levels] = defaultdict(Levels)
    for member in card.members:
        for code, (level, certified) in member.skills.items():
            best[code] |= Levels(certified=level) if certified else Levels(self_rated=level)
    ordered = sorted(best.items(), key=lambda one: (-one[1].best, -one[1].certified, one[0]))
    known = [(code, levels) for code, levels in ordered if code in taxonomy]
    return TeamSummary(
        id=card.id,
        title=card.title,
        people=len(card.members),
        schools=len(card.schools),
        skills=tuple(
            (taxonomy.skill(code), levels.best, levels.certified == levels.best)
            for code, levels in known[:SKILLS_SHOWN]
        ),
    )


def gaps_of(visit: Visit, ranking: Ranking, team_id: str) -> list[Gap]:
    """The skills that would open most of the newest 300 challenges that the reader may see."""
    supply = supply_of(ranking, team_id)
    if supply is None:
        return []
    with visit.services.database.read() as connection:
        needs = visible_open_needs(connection, visit.viewer)
    return gaps(needs, supply, ranking)


def gaps(needs: Sequence[Need], supply: Supply, ranking: Ranking) -> list[Gap]:
    """Skills by how many challenges one of them alone would open, then by how many it would lift to 80."""
    opened, lifted = Counter[str](), Counter[str]()
    level: dict[str, int] = defaultdict(int)
    for need in needs:
        closed = gates(need, supply, ranking.full_schools)
        if len(closed) == 1 and closed[0].gate is Gate.MANDATORY_SKILL and closed[0].skill:
            opened[closed[0].skill] += 1
            level[closed[0].skill] = max(level[closed[0].skill], closed[0].required or 0)
    for code, to_level in _lifting(needs, supply, ranking):
        lifted[code] += 1
        level[code] = max(level[code], to_level)
    taxonomy = ranking.replica.taxonomy
    best = sorted(level, key=lambda code: (-opened[code], -lifted[code], code))
    return [
        Gap(
            taxonomy.skill(code),
            supply.skills.get(code, Levels()).best,
            level[code],
            opened[code],
            lifted[code],
        )
        for code in best[:GAPS_SHOWN]
    ]


def _lifting(needs: Sequence[Need], supply: Supply, ranking: Ranking) -> list[tuple[str, int]]:
    """For each challenge nearly at 80, the skill and level that would bring it there."""
    by_id = {need.challenge_id: need for need in needs}
    scores = ranking.score_for_team(supply, by_id)
    near = [id for id, score in scores.items() if score is not None and NEAR <= whole_points(score) < READY]
    found = []
    for id in sorted(near, key=lambda id: -(scores[id] or 0))[:COMPARED]:
        told = explain(by_id[id], supply, (), ranking.replica.taxonomy, ranking.policy)
        step = next(iter(told.counterfactuals), None)
        if step and step.to_level > step.from_level and whole_points(step.new_score) >= READY:
            found.append((step.skill, step.to_level))
    return found
