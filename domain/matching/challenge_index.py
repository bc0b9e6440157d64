"""The index of challenges: the mirror of the team index, which ranks challenges for a team."""

import threading
from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np

from domain.matching import ranking
from domain.matching.challenge_plan import SupplyPlan, plan_for_challenges
from domain.matching.compaction import Compactor
from domain.matching.layers import Layers
from domain.matching.model import DEFAULT_POLICY, Hit, Need, Policy, SkillNeed, Supply
from domain.matching.score import ot_share
from domain.matching.table import Steps, Table, keys_of
from domain.matching.taxonomy import Side, Taxonomy
from domain.matching.validation import validate_limit, validate_need
from domain.matching.vocabulary import Vocabulary

NOBODY: frozenset[str] = frozenset()


class ChallengeIndex:
    """Challenges ready for ranking. Threads: as with `TeamIndex`, many read while one writes."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._vocabulary = Vocabulary()
        self._writing = threading.Lock()
        self._layers = Layers.of(self._table([]))
        self._compactor = Compactor(_nothing_else)

    @classmethod
    def build(cls, needs: Iterable[Need], taxonomy: Taxonomy) -> Self:
        """An index of needs with distinct ids. Raises the errors of `validate_need`."""
        index = cls(taxonomy)
        index._layers = Layers.of(index._table(list(needs)))
        return index

    def upsert(self, need: Need) -> None:
        """Add a need or replace the one with its id. Raises the errors of `validate_need`."""
        self.apply([need])

    def remove(self, challenge_id: str) -> None:
        """Take a challenge out; an unknown id changes nothing."""
        self.apply([], [challenge_id])

    def apply(self, needs: Sequence[Need], removed: Iterable[str] = ()) -> None:
        """Add or replace needs with distinct ids, and take the `removed` out, in one step for readers."""
        gone = set(removed)
        ids = gone.union(need.challenge_id for need in needs)
        with self._writing:
            self._layers = self._layers.changed(self._table(needs), gone)
            made = self._compactor.changed(self._layers, ids)
            if made is not None:
                self._layers, _ = made

    def compact(self) -> None:
        """Move all recent changes into the main part at once; by itself that happens in short steps."""
        with self._writing:
            self._layers, _ = self._compactor.compacted(self._layers)

    def __len__(self) -> int:
        return len(self._layers)

    def __contains__(self, challenge_id: object) -> bool:
        return isinstance(challenge_id, str) and self._layers.find(challenge_id) is not None

    @property
    def nbytes(self) -> int:
        """The memory of the arrays in bytes, ids included."""
        layers = self._layers
        return layers.main.nbytes + layers.alive.nbytes + layers.recent.nbytes

    def version(self, challenge_id: str) -> int | None:
        """The version of a challenge that the index holds."""
        found = self._layers.find(challenge_id)
        return int(found[0].fixed["version"][found[1]]) if found else None

    def need(self, challenge_id: str) -> Need | None:
        """A need as it was put in."""
        found = self._layers.find(challenge_id)
        if found is None:
            return None
        table, row = found
        fixed, cells = table.fixed, table.cells(row)
        columns = (table.ragged[name][cells].tolist() for name in ("skill", "level", "weight", "mandatory"))
        city, province = self._vocabulary.places.values[fixed["place"][row]]
        return Need(
            challenge_id,
            int(fixed["version"][row]),
            tuple(
                SkillNeed(self._taxonomy.skills[skill].code, level, weight, mandatory)
                for skill, level, weight, mandatory in zip(*columns, strict=True)
            ),
            self._vocabulary.hours.values[fixed["hours"][row]],
            city,
            province,
            bool(fixed["remote"][row]),
            self._vocabulary.schools.values[fixed["schools"][row]],
        )

    def rank(
        self,
        supply: Supply,
        k: int,
        policy: Policy = DEFAULT_POLICY,
        *,
        full_schools: frozenset[str] = NOBODY,
    ) -> list[Hit]:
        """The k best challenges whose gates the team passes, best first, ties by id.

        Raises InvalidLimit for k below 1, and the errors of `validate_policy`.
        """
        validate_limit(k)
        return ranking.rank(self._layers, self._plan(supply, policy, full_schools), k)

    def score(
        self,
        supply: Supply,
        challenge_ids: Iterable[str],
        policy: Policy = DEFAULT_POLICY,
        *,
        full_schools: frozenset[str] = NOBODY,
    ) -> dict[str, float | None]:
        """The score of each challenge; None where a gate is closed or the index has no such challenge."""
        return ranking.score(self._layers, self._plan(supply, policy, full_schools), challenge_ids)

    def _plan(self, supply: Supply, policy: Policy, full_schools: frozenset[str]) -> SupplyPlan:
        return plan_for_challenges(supply, self._taxonomy, policy, self._vocabulary, full_schools)

    def _table(self, needs: Sequence[Need]) -> Table:
        for need in needs:
            validate_need(need, self._taxonomy)
        wanted = [skill for need in needs for skill in need.skills]
        skills = [self._taxonomy.index_of(skill.skill) for skill in wanted]
        sides = [self._taxonomy.skills[skill].side is Side.OT for skill in skills]
        return Table.of(
            keys_of(need.challenge_id for need in needs),
            {
                "version": np.array([need.version for need in needs], dtype=np.int64),
                "hours": self._vocabulary.hours.numbers(need.hours_per_week for need in needs),
                "place": self._vocabulary.places.numbers((need.city, need.province) for need in needs),
                "schools": self._vocabulary.schools.numbers(need.eligible_schools for need in needs),
                "remote": np.array([need.remote for need in needs], dtype=np.bool_),
                "ot_share": np.array([ot_share(need, self._taxonomy) for need in needs]),
            },
            np.array([len(need.skills) for need in needs], dtype=np.int32),
            {
                "skill": np.array(skills, dtype=np.int16),
                "level": np.array([skill.level for skill in wanted], dtype=np.int8),
                "weight": np.array([skill.weight for skill in wanted], dtype=np.float64),
                "mandatory": np.array([skill.mandatory for skill in wanted], dtype=np.bool_),
                "ot": np.array(sides, dtype=np.bool_),
            },
        )


def _nothing_else(_: Table) -> Steps[None]:
    """A main part of challenges needs nothing beside itself."""
    yield from ()
