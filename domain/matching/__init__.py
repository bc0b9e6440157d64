"""Who fits whom: taxonomy, score, indexes, explanations and the replica that holds them.

The names of `__all__` are loaded when they are first used, so that whoever needs only the words of `model`
does not load the engine.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.matching.allocation import allocate, allocate_all
    from domain.matching.allocation_audit import Audit, audit
    from domain.matching.allocation_model import (
        Allocation,
        AllocationPolicy,
        Instance,
        Lecturer,
        Project,
        Student,
    )
    from domain.matching.challenge_index import ChallengeIndex
    from domain.matching.explainer import Explainer, explain
    from domain.matching.explanation import Explanation
    from domain.matching.exposure import rerank_exposure
    from domain.matching.model import Hit, Levels, Member, Need, Policy, SkillNeed, Supply
    from domain.matching.ranking import Places, Standing
    from domain.matching.replica import Replica
    from domain.matching.skill_text import SkillReader
    from domain.matching.taxonomy import Taxonomy
    from domain.matching.team_arrays import TeamArrays
    from domain.matching.team_formation import Candidate, FormedTeam, TeamRules, best_joiners, form_team
    from domain.matching.team_index import TeamIndex

_HOMES = {
    "allocation": ("allocate", "allocate_all"),
    "allocation_model": ("Allocation", "AllocationPolicy", "Instance", "Lecturer", "Project", "Student"),
    "allocation_audit": ("Audit", "audit"),
    "challenge_index": ("ChallengeIndex",),
    "explainer": ("Explainer", "explain"),
    "explanation": ("Explanation",),
    "exposure": ("rerank_exposure",),
    "model": ("Hit", "Levels", "Member", "Need", "Policy", "SkillNeed", "Supply"),
    "ranking": ("Places", "Standing"),
    "replica": ("Replica",),
    "skill_text": ("SkillReader",),
    "taxonomy": ("Taxonomy",),
    "team_arrays": ("TeamArrays",),
    "team_formation": ("Candidate", "FormedTeam", "TeamRules", "best_joiners", "form_team"),
    "team_index": ("TeamIndex",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Allocation",
    "AllocationPolicy",
    "Audit",
    "Candidate",
    "ChallengeIndex",
    "Explainer",
    "Explanation",
    "FormedTeam",
    "Hit",
    "Instance",
    "Lecturer",
    "Levels",
    "Member",
    "Need",
    "Places",
    "Policy",
    "Project",
    "Replica",
    "SkillNeed",
    "SkillReader",
    "Standing",
    "Student",
    "Supply",
    "Taxonomy",
    "TeamArrays",
    "TeamIndex",
    "TeamRules",
    "allocate",
    "allocate_all",
    "audit",
    "best_joiners",
    "explain",
    "form_team",
    "rerank_exposure",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
