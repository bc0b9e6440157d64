"""All teams and open challenges of a market in memory, kept by versions; says who fits whom."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeVar

from domain.matching.challenge_index import ChallengeIndex
from domain.matching.compiled import KERNELS
from domain.matching.errors import NotInReplica
from domain.matching.model import DEFAULT_POLICY, Hit, Levels, Need, Policy, SkillNeed, Supply, TeamRow
from domain.matching.taxonomy import Taxonomy
from domain.matching.team_index import TeamIndex
from domain.matching.validation import validate_policy

T = TypeVar("T")
NOBODY: frozenset[str] = frozenset()


class Replica:
    """A copy of what the engine needs to know, fed with versions in any order.

    Versions start at 1. A version that is not higher than the one held, or than the one at which the thing
    was removed, is ignored, so that loading and following changes may overlap. Any number of threads may
    read while one writes; each call reads one state of each index from beginning to end.
    """

    def __init__(self, taxonomy: Taxonomy, policy: Policy = DEFAULT_POLICY) -> None:
        validate_policy(policy)
        self.taxonomy = taxonomy
        self.teams = TeamIndex(taxonomy)
        self.challenges = ChallengeIndex(taxonomy)
        self._policy = policy
        self._removed_teams: dict[str, int] = {}
        self._removed_challenges: dict[str, int] = {}
        self._writing = threading.Lock()

    @property
    def policy(self) -> Policy:
        """The policy that rankings follow."""
        return self._policy

    @policy.setter
    def policy(self, policy: Policy) -> None:
        validate_policy(policy)
        self._policy = policy

    def warm_up(self) -> None:
        """Compile the engine or fetch it from disk (seconds after an upgrade, else half a second).

        Changes nothing. Call it in a thread before the first ranking, which waits for it otherwise.
        """
        code = self.taxonomy.skills[0].code
        team = Supply("", 1, {code: Levels(1)}, NOBODY, 0.0, None, None)
        need = Need("", 1, (SkillNeed(code, 1, 1.0),), 0.0, None, None, remote=True)
        index = TeamIndex.build([team], self.taxonomy, compiled_from=0 if KERNELS else None)
        index.rank(need, 1)
        index.standing(need)

    def load_teams(self, rows: Sequence[TeamRow]) -> None:
        """Replace all teams by stored rows, quickly; for the start. Raises InvalidProfile."""
        loaded = TeamIndex.from_profiles(rows, self.taxonomy)
        with self._writing:
            self.teams = loaded
            self._removed_teams.clear()

    def apply_teams(self, supplies: Iterable[Supply], removed: Mapping[str, int] | None = None) -> None:
        """Take in teams and removals (id to version) that are newer than what is held."""
        with self._writing:
            newest = _newest(
                self.teams.version,
                self._removed_teams,
                ((supply.team_id, supply.version, supply) for supply in supplies),
                removed or {},
            )
            gone = {key: version for key, (version, supply) in newest.items() if supply is None}
            self.teams.apply([supply for _, supply in newest.values() if supply is not None], gone)
            _bury(self._removed_teams, newest.keys(), gone)

    def apply_challenges(self, needs: Iterable[Need], removed: Mapping[str, int] | None = None) -> None:
        """Take in open challenges and removals (id to version) that are newer than what is held.

        Raises the errors of `validate_need`, and then takes in none of them.
        """
        with self._writing:
            newest = _newest(
                self.challenges.version,
                self._removed_challenges,
                ((need.challenge_id, need.version, need) for need in needs),
                removed or {},
            )
            gone = {key: version for key, (version, need) in newest.items() if need is None}
            self.challenges.apply([need for _, need in newest.values() if need is not None], gone)
            _bury(self._removed_challenges, newest.keys(), gone)

    def team_version(self, team_id: str) -> int | None:
        """The version of a team that is held, or at which it was removed; None where it was never seen."""
        return self.teams.version(team_id) or self._removed_teams.get(team_id)

    def challenge_version(self, challenge_id: str) -> int | None:
        """The version of a challenge that is held, or at which it was removed; None where never seen."""
        return self.challenges.version(challenge_id) or self._removed_challenges.get(challenge_id)

    def need(self, challenge: str | Need) -> Need:
        """The need of an open challenge. Raises NotInReplica."""
        found = self.challenges.need(challenge) if isinstance(challenge, str) else challenge
        if found is None:
            raise NotInReplica(challenge_id=challenge)
        return found

    def supply(self, team: str | Supply) -> Supply:
        """A team as the engine holds it. Raises NotInReplica."""
        found = self.teams.supply(team) if isinstance(team, str) else team
        if found is None:
            raise NotInReplica(team_id=team)
        return found

    def rank_teams(
        self, challenge: str | Need, k: int, *, full_schools: frozenset[str] = NOBODY
    ) -> list[Hit]:
        """The k best teams for a challenge. Raises NotInReplica, InvalidLimit."""
        return self.teams.rank(self.need(challenge), k, self._policy, full_schools=full_schools)

    def rank_challenges(
        self, team: str | Supply, k: int, *, full_schools: frozenset[str] = NOBODY
    ) -> list[Hit]:
        """The k best open challenges for a team. Raises NotInReplica, InvalidLimit."""
        return self.challenges.rank(self.supply(team), k, self._policy, full_schools=full_schools)

    def score_for_team(
        self,
        team: str | Supply,
        challenge_ids: Iterable[str],
        *,
        full_schools: frozenset[str] = NOBODY,
    ) -> dict[str, float | None]:
        """A team's score for each challenge; None where a gate is closed or it is not open here."""
        return self.challenges.score(
            self.supply(team), challenge_ids, self._policy, full_schools=full_schools
        )


def _newest(
    version_held: Callable[[str], int | None],
    tombstones: Mapping[str, int],
    arrived: Iterable[tuple[str, int, T]],
    removed: Mapping[str, int],
) -> dict[str, tuple[int, T | None]]:
    """The highest version of each id that is higher than the known one; None stands for a removal."""
    newest: dict[str, tuple[int, T | None]] = {}
    removals = ((key, version, None) for key, version in removed.items())
    for key, version, item in chain(arrived, removals):
        known = newest[key][0] if key in newest else max(version_held(key) or 0, tombstones.get(key, 0))
        if version > known:
            newest[key] = (version, item)
    return newest


def _bury(tombstones: dict[str, int], touched: Iterable[str], gone: Mapping[str, int]) -> None:
    """Remember what was removed, forget what came back."""
    for key in touched:
        tombstones.pop(key, None)
    tombstones.update(gone)
