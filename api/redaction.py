"""What of a team is not for everybody: who its members are, and which of them brings a skill."""

from dataclasses import replace

from domain.audience import Viewer
from domain.matching.explanation import Explanation
from infra.queries.team_cards import TeamCard


def may_name_members(viewer: Viewer, team: TeamCard, factory_id: str | None = None) -> bool:
    """Whether `viewer` may know the people of `team`: its members, the people of its schools, those of
    `factory_id` (whose challenge the team is looked at for), and administrators."""
    if viewer.is_administrator or team.member(viewer.person_id or "") is not None:
        return True
    home = viewer.organisation_id
    return home is not None and (home == factory_id or home in {school.id for school in team.schools})


def redacted(told: Explanation, team: TeamCard, viewer: Viewer, factory_id: str | None) -> Explanation:
    """The explanation of `team` as `viewer` may read it: without providers unless they may know the people.

    Every explanation that leaves the process passes through here.
    """
    if may_name_members(viewer, team, factory_id):
        return told
    return replace(told, skills=tuple(line._replace(provider=None) for line in told.skills))
