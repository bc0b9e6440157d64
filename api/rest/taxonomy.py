"""The words of the market: skills and trades, in both languages. Open to all."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.identity import ServicesOf
from api.rest.answers import refusals
from api.rest.fields import Code, Output, Page
from domain.errors import NotFound
from domain.matching.model import HIGHEST_LEVEL, LOWEST_LEVEL
from domain.matching.taxonomy import Side, Skill, Taxonomy

router = APIRouter(tags=["taxonomy"])


class WordOut(Output):
    """A family, a group or a trade."""

    id: str
    zh: str
    en: str


class SkillOut(WordOut):
    """A skill of the shop floor (`ot`) or of computing (`it`).

    Skills of its group stand in for it by half, the others of its family by a quarter.
    """

    aliases: list[str]
    side: Side
    group: WordOut
    family: WordOut

    @classmethod
    def of(cls, skill: Skill, taxonomy: Taxonomy) -> "SkillOut":
        """The skill with where it stands in the tree."""
        return cls(
            id=skill.code,
            zh=skill.zh,
            en=skill.en,
            aliases=list(skill.aliases),
            side=skill.side,
            group=_node(skill.group, taxonomy),
            family=_node(skill.family, taxonomy),
        )


class LevelOut(Output):
    """What counts as evidence for a level, 1 to 5."""

    level: int
    zh: str
    en: str


class SkillWithLevels(SkillOut):
    """A skill with what its levels mean, the lowest first."""

    levels: list[LevelOut]


@router.get("/skills", responses=refusals(422))
async def list_skills(
    services: ServicesOf,
    family: Annotated[Code | None, Query(description="Only the skills of this family.")] = None,
) -> Page[SkillOut]:
    """All skills that challenges ask for and students have."""
    taxonomy = services.taxonomy
    skills = taxonomy.skills if family is None else taxonomy.family(family)
    return Page(items=[SkillOut.of(skill, taxonomy) for skill in skills], total=len(skills))


@router.get("/skills/{code}", responses=refusals(404, 422))
async def read_skill(services: ServicesOf, code: Code) -> SkillWithLevels:
    """One skill, and what its levels mean."""
    taxonomy = services.taxonomy
    if code not in taxonomy:
        raise NotFound(kind="skill", id=code)
    found = SkillOut.of(taxonomy.skill(code), taxonomy)
    evidence = [taxonomy.evidence(code, level) for level in range(LOWEST_LEVEL, HIGHEST_LEVEL + 1)]
    levels = [LevelOut(level=each.level, zh=each.zh, en=each.en) for each in evidence]
    return SkillWithLevels(**dict(found), levels=levels)


@router.get("/trades")
async def list_trades(services: ServicesOf) -> Page[WordOut]:
    """The trades that a challenge's `industry` is one of."""
    trades = services.taxonomy.trades
    items = [WordOut(id=trade.code, zh=trade.zh, en=trade.en) for trade in trades]
    return Page(items=items, total=len(items))


def _node(code: str, taxonomy: Taxonomy) -> WordOut:
    node = taxonomy.nodes[code]
    return WordOut(id=node.code, zh=node.zh, en=node.en)
