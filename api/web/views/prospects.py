"""What a challenge would meet if it were posted as its form stands: the notice, and who could take it."""

from dataclasses import dataclass, replace
from functools import lru_cache

from api.fits import TeamFit, fits_for_challenge, ranking_now
from api.web.figures import FitPart
from api.web.forms import read_number
from api.web.views.challenge import count_eligible
from api.web.views.fit import parts_of
from api.web.views.posting import Draft
from api.web.visit import Visit
from domain.errors import Invalid
from domain.matching.model import Need, SkillNeed
from domain.matching.skill_text import SkillReader
from domain.matching.taxonomy import Skill, Taxonomy
from domain.matching.validation import normalise_weights, validate_need

TOP = 3
MOST_SUGGESTED = 6


@dataclass(frozen=True, slots=True)
class Prospects:
    """The best teams and how many could bid; `teams` is None while no skill is asked for."""

    teams: int | None
    best: tuple[tuple[TeamFit, tuple[FitPart, ...]], ...]
    suggested: tuple[tuple[Skill, int], ...]


def prospects(visit: Visit, draft: Draft, factory_id: str) -> Prospects:
    """Rank all teams for the form's skills, and find skills in its words that it does not ask for yet."""
    taxonomy = visit.services.taxonomy
    suggested = tuple(
        (taxonomy.skill(found.skill), found.level)
        for found in reader_of(taxonomy).suggest(f"{draft['title']}\n{draft['text']}"[:4000])
        if not draft.has(found.skill)
    )[:MOST_SUGGESTED]
    need = _need(draft, taxonomy)
    if need is None:
        return Prospects(None, (), suggested)
    fits = fits_for_challenge(visit.services, visit.viewer, need, factory_id, TOP)
    best = tuple((fit, parts_of(fit.told.skills, taxonomy)) for fit in fits)
    return Prospects(count_eligible(need, ranking_now(visit.services)), best, suggested)


def _need(draft: Draft, taxonomy: Taxonomy) -> Need | None:
    if not draft.skills:
        return None
    skills = tuple(SkillNeed(w.skill.code, w.level, w.weight, w.must) for w in draft.skills)
    need = Need(
        challenge_id="",
        version=0,
        skills=normalise_weights(skills),
        hours_per_week=read_number(draft["hours_per_week"]) or 0.0,
        city=draft["city"] or None,
        province=draft["province"] or None,
        remote=draft.remote,
        eligible_schools=draft.schools,
    )
    try:
        validate_need(need, taxonomy)
    except Invalid:
        return replace(need, hours_per_week=0.0)
    return need


@lru_cache(maxsize=2)
def reader_of(taxonomy: Taxonomy) -> SkillReader:
    """The reader of skills in texts; it takes a moment to make."""
    return SkillReader(taxonomy)
