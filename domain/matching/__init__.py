"""Who fits whom: taxonomy, score, indexes, explanations and the replica that holds them.

The names of `__all__` are loaded when they are first used, so that whoever needs only the words of `model`
does not load the engine. `explain` is in the module of its name.
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
    from domain.matching.explain import Explanation
    from domain.matching.exposure import rerank_exposure
    from domain.matching.model import Hit, Levels, Member, Need, Policy, SkillNeed, Supply
    from domain.matching.replica import Replica
    from domain.matching.skill_text import SkillReader
    from domain.matching.taxonomy import Taxonomy
    from domain.matching.team_formation import Candidate, TeamRules, best_joiners, form_team
    from domain.matching.team_index import TeamIndex

_HOMES = {
    "allocation": ("allocate", "allocate_all"),
    "allocation_model": ("Allocation", "AllocationPolicy", "Instance", "Lecturer", "Project", "Student"),
    "allocation_audit": ("Audit", "audit"),
    "challenge_index": ("ChallengeIndex",),
    "explain": ("Explanation",),
    "exposure": ("rerank_exposure",),
    "model": ("Hit", "Levels", "Member", "Need", "Policy", "SkillNeed", "Supply"),
    "replica": ("Replica",),
    "skill_text": ("SkillReader",),
    "taxonomy": ("Taxonomy",),
    "team_formation": ("Candidate", "TeamRules", "best_joiners", "form_team"),
    "team_index": ("TeamIndex",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Allocation",
    "AllocationPolicy",
    "Audit",
    "Candidate",
    "ChallengeIndex",
    "Explanation",
    "Hit",
    "Instance",
    "Lecturer",
    "Levels",
    "Member",
    "Need",
    "Policy",
    "Project",
    "Replica",
    "SkillNeed",
    "SkillReader",
    "Student",
    "Supply",
    "Taxonomy",
    "TeamIndex",
    "TeamRules",
    "allocate",
    "allocate_all",
    "audit",
    "best_joiners",
    "form_team",
    "rerank_exposure",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
