"""Announcements: matches that a team was told of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from domain.aggregate import Aggregate
from domain.events import AnnouncementMade, EventRecord
from domain.matching.score import Terms


@dataclass(frozen=True, slots=True)
class Announcement:
    """A challenge and a team that fit, with the score, its terms and the rank at the time of telling.

    `cause` is the event that made somebody look.
    """

    challenge_id: str
    team_id: str
    score: float
    rank: int
    terms: Terms
    cause: EventRecord

    @property
    def match(self) -> tuple[str, str]:
        """The challenge and the team, which say which match it is."""
        return self.challenge_id, self.team_id


@dataclass(kw_only=True)
class Telling(Aggregate):
    """The moment at which teams were first told of a challenge; nothing changes it later."""

    name: ClassVar[str] = "announcement"

    @classmethod
    def make(cls, id: str, challenge_id: str, policy_version: int, team_ids: Sequence[str]) -> "Telling":
        telling = cls(id=id)
        telling.record(
            AnnouncementMade(
                challenge_id=challenge_id, policy_version=policy_version, team_ids=list(team_ids)
            )
        )
        return telling
