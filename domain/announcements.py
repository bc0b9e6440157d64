"""Announcements: matches that a team was told of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Announcement:
    """A challenge and a team that fit, with the score and rank at the time of telling."""

    challenge_id: str
    team_id: str
    score: float
    rank: int
