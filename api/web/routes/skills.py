"""The taxonomy to look through: what is asked for, and how many teams have it."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from api.web.visit import Visit, VisitOf
from domain.errors import NotFound
from domain.matching.model import HIGHEST_LEVEL, LOWEST_LEVEL
from domain.matching.taxonomy import Node, Skill, Taxonomy, fold
from infra.queries.skill_counts import demand, teams_with

router = APIRouter(prefix="/skills")

MOST_FOUND = 60


@dataclass(frozen=True, slots=True)
class CountedSkill:
    """A skill with how many open notices ask for it and how many teams have it."""

    skill: Skill
    asked: int
    teams: int


@dataclass(frozen=True, slots=True)
class CountedGroup:
    """A group of the taxonomy with its skills."""

    node: Node
    skills: tuple[CountedSkill, ...]


@dataclass(frozen=True, slots=True)
class CountedFamily:
    """A family with how many skills it has and how many notices ask for one of them, counted by skill."""

    node: Node
    skills: int
    asked: int


@router.get("")
def skills(visit: VisitOf) -> Response:
    """The families; one of them, or what was searched for, with its skills."""
    taxonomy = visit.services.taxonomy
    query = visit.request.query_params
    text = query.get("q", "").strip()[:100]
    families = [node for node in taxonomy.nodes.values() if node.parent is None]
    with visit.services.database.read() as connection:
        asked = demand(connection, visit.viewer)
    counted = [
        CountedFamily(node, len(own := taxonomy.family(node.code)), sum(asked.get(s.code, 0) for s in own))
        for node in families
    ]
    chosen = query.get("family", "")
    if chosen not in {node.code for node in families}:
        chosen = max(counted, key=lambda one: one.asked).node.code
    found = _found(taxonomy, text) if text else list(taxonomy.family(chosen))
    with visit.services.database.read() as connection:
        teams = teams_with(connection, [skill.code for skill in found])
    groups = _grouped(taxonomy, [CountedSkill(s, asked.get(s.code, 0), teams.get(s.code, 0)) for s in found])
    context = {"families": counted, "chosen": None if text else chosen, "groups": groups, "text": text}
    return visit.page("pages/skills.html", "skills", context)


@router.get("/{code}")
def skill(visit: VisitOf, code: str) -> Response:
    """One skill: what people call it, what its levels mean, what is near to it, who asks and who has it."""
    taxonomy = visit.services.taxonomy
    if code not in taxonomy:
        raise NotFound(kind="skill", id=code)
    one = taxonomy.skill(code)
    near = [other for other in taxonomy.family(one.family) if other.group == one.group and other != one]
    context = {
        "skill": _counted(visit, [one])[0],
        "near": _counted(visit, near),
        "group": taxonomy.nodes[one.group],
        "family": taxonomy.nodes[one.family],
        "levels": [taxonomy.evidence(code, level) for level in range(LOWEST_LEVEL, HIGHEST_LEVEL + 1)],
    }
    return visit.page("pages/skill.html", "skills", context)


def _counted(visit: Visit, found: list[Skill]) -> list[CountedSkill]:
    with visit.services.database.read() as connection:
        asked = demand(connection, visit.viewer)
        teams = teams_with(connection, [skill.code for skill in found])
    return [CountedSkill(s, asked.get(s.code, 0), teams.get(s.code, 0)) for s in found]


def _found(taxonomy: Taxonomy, text: str) -> list[Skill]:
    wanted = fold(text)
    return [skill for skill in taxonomy if any(wanted in fold(name) for name in skill.names)][:MOST_FOUND]


def _grouped(taxonomy: Taxonomy, counted: list[CountedSkill]) -> list[CountedGroup]:
    groups: dict[str, list[CountedSkill]] = {}
    for one in counted:
        groups.setdefault(one.skill.group, []).append(one)
    return [CountedGroup(taxonomy.nodes[code], tuple(skills)) for code, skills in groups.items()]
