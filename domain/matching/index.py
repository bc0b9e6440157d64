"""Both indexes under one name: teams ranked for a challenge, challenges ranked for a team."""

from domain.matching.challenge_index import ChallengeIndex
from domain.matching.team_index import TeamIndex

__all__ = ["ChallengeIndex", "TeamIndex"]
