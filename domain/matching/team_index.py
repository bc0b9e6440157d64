"""The index of teams: ranks them for a challenge, exactly as `score` says, over arrays."""

import math
import threading
from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np

from domain.matching import ranking
from domain.matching.compaction import Compactor
from domain.matching.errors import InvalidProfile
from domain.matching.kinship import Kinship
from domain.matching.layers import Layers
from domain.matching.model import DEFAULT_POLICY, Hit, Levels, Need, Policy, Supply, TeamRow
from domain.matching.ranking import Standing
from domain.matching.table import Table, keys_of
from domain.matching.taxonomy import Taxonomy
from domain.matching.team_arrays import TeamArrays, repeated_skill
from domain.matching.team_engine import COMPILED_FROM, TeamState
from domain.matching.team_plan import TeamPlan, plan_for_teams
from domain.matching.validation import validate_limit
from domain.matching.vocabulary import Vocabulary
from domain.matching.words import CODE_BITS, Remembered, WordCoder, Words, unpack_word

NOBODY: frozenset[str] = frozenset()


class TeamIndex:
    """Teams ready for ranking.

    Any number of threads may read while one writes: a change replaces the state whole, and a reader works to
    its end on the state that it began with. Writers wait for each other.
    """

    def __init__(self, taxonomy: Taxonomy, compiled_from: int | None = COMPILED_FROM) -> None:
        """An empty index. From `compiled_from` teams on (never where None) the compiled engine ranks; its
        results are the same.
        """
        self._taxonomy = taxonomy
        self._kinship = Kinship.of(taxonomy)
        self._vocabulary = Vocabulary()
        self._coder = WordCoder(taxonomy)
        self._of_word = Remembered(self._named)
        self._writing = threading.Lock()
        self._compiled_from = compiled_from
        self._state = self._holding(self._table([], [], Words()))
        self._compactor = Compactor(self._state.preparing)

    @classmethod
    def build(
        cls, supplies: Iterable[Supply], taxonomy: Taxonomy, compiled_from: int | None = COMPILED_FROM
    ) -> Self:
        """An index of teams with distinct ids. Skills that the taxonomy does not know are left out."""
        index = cls(taxonomy, compiled_from)
        index._state = index._holding(index._table_of(list(supplies)))
        return index

    @classmethod
    def from_profiles(
        cls, rows: Sequence[TeamRow], taxonomy: Taxonomy, compiled_from: int | None = COMPILED_FROM
    ) -> Self:
        """The same from stored rows, quickly. Raises InvalidProfile where a profile is malformed."""
        index = cls(taxonomy, compiled_from)
        words, sets = Words(), Remembered[tuple[str, ...], frozenset[str]](frozenset)
        for row in rows:
            words.add(index._coder.encode_profile(row.profile))
        table = index._table(rows, [sets[row.schools] for row in rows], words)
        repeated = repeated_skill(table.starts, table.ragged["words"] >> CODE_BITS)
        if repeated is not None:
            raise InvalidProfile(taxonomy.skills[repeated].code)
        index._state = index._holding(table)
        return index

    @classmethod
    def from_arrays(
        cls, teams: TeamArrays, taxonomy: Taxonomy, compiled_from: int | None = COMPILED_FROM
    ) -> Self:
        """The same from columns, most quickly. Raises the errors of `TeamArrays.validate`, InvalidLevel."""
        teams.validate(taxonomy)
        index = cls(taxonomy, compiled_from)
        vocabulary = index._vocabulary
        hours, offered = np.unique(teams.hours_per_week, return_inverse=True)
        fixed = {
            "version": teams.versions.astype(np.int32),
            "hours": vocabulary.hours.numbers_at(hours.tolist(), offered),
            "place": vocabulary.places.numbers_at(teams.place_values, teams.places),
            "schools": vocabulary.schools.numbers_at(teams.school_values, teams.schools),
            "available": teams.available.astype(np.bool_),
        }
        counts, words = teams.words()
        index._state = index._holding(Table.of(teams.ids, fixed, counts, {"words": words}))
        return index

    def upsert(self, supply: Supply) -> None:
        """Add a team or replace the one with its id; the next ranking sees it."""
        self.apply([supply])

    def remove(self, team_id: str) -> None:
        """Take a team out; an unknown id changes nothing."""
        self.apply([], [team_id])

    def apply(self, supplies: Sequence[Supply], removed: Iterable[str] = ()) -> None:
        """Add or replace teams with distinct ids, and take the `removed` out, in one step for readers."""
        gone = set(removed)
        ids = gone.union(supply.team_id for supply in supplies)
        with self._writing:
            layers = self._layers.changed(self._table_of(supplies), gone)
            self._state = self._state.changed(layers)
            made = self._compactor.changed(layers, ids)
            if made is not None:
                self._state = self._state.renewed(*made)

    def compact(self) -> None:
        """Move all recent changes into the main part at once; by itself that happens in short steps."""
        with self._writing:
            self._state = self._state.renewed(*self._compactor.compacted(self._layers))

    @property
    def _layers(self) -> Layers:
        return self._state.layers

    def _holding(self, table: Table) -> TeamState:
        """The state of these teams and no others."""
        return TeamState.of(Layers.of(table), self._kinship.families, self._compiled_from)

    def __len__(self) -> int:
        return len(self._layers)

    def __contains__(self, team_id: object) -> bool:
        return isinstance(team_id, str) and self._layers.find(team_id) is not None

    @property
    def nbytes(self) -> int:
        """The memory of the arrays in bytes, ids included."""
        state = self._state
        layers, postings = state.layers, state.postings
        lists = postings.nbytes if postings is not None else 0
        return layers.main.nbytes + layers.alive.nbytes + layers.recent.nbytes + lists

    def version(self, team_id: str) -> int | None:
        """The version of a team that the index holds."""
        found = self._layers.find(team_id)
        return int(found[0].fixed["version"][found[1]]) if found else None

    def supply(self, team_id: str) -> Supply | None:
        """A team as the index holds it: without self-rated levels at or below certified ones."""
        found = self._layers.find(team_id)
        if found is None:
            return None
        table, row = found
        words = table.ragged["words"][table.cells(row)].tolist()
        number = {name: column.item(row) for name, column in table.fixed.items()}
        city, province = self._vocabulary.places.values[number["place"]]
        return Supply(
            team_id,
            number["version"],
            dict(map(self._of_word.__getitem__, words)),
            self._vocabulary.schools.values[number["schools"]],
            self._vocabulary.hours.values[number["hours"]],
            city,
            province,
            number["available"],
        )

    def _named(self, word: int) -> tuple[str, Levels]:
        """The skill's code and the levels of a word."""
        skill, levels = unpack_word(word)
        return self._taxonomy.skills[skill].code, levels

    def rank(
        self, need: Need, k: int, policy: Policy = DEFAULT_POLICY, *, full_schools: frozenset[str] = NOBODY
    ) -> list[Hit]:
        """The k best teams that pass every gate, best first, ties by id; fewer where fewer pass.

        Raises InvalidLimit for k below 1, and the errors of `validate_need` and `validate_policy`.
        """
        validate_limit(k)
        state = self._state
        plan = self._plan(need, policy, full_schools)
        leaders = state.main_leaders(plan, k)
        if leaders is None:
            return ranking.rank(state.layers, plan, k)
        recent = state.layers.recent
        if len(recent):
            leaders += ranking.leaders(recent, plan, np.arange(len(recent)), k)
        return ranking.hits(leaders, k)

    def score(
        self,
        need: Need,
        team_ids: Iterable[str],
        policy: Policy = DEFAULT_POLICY,
        *,
        full_schools: frozenset[str] = NOBODY,
    ) -> dict[str, float | None]:
        """The score of each of these teams; None where a gate is closed or the index has no such team."""
        return ranking.score(self._layers, self._plan(need, policy, full_schools), team_ids)

    def count_eligible(self, need: Need, *, full_schools: frozenset[str] = NOBODY) -> int:
        """How many teams pass every gate."""
        layers = self._layers
        plan = self._plan(need, DEFAULT_POLICY, full_schools)
        return sum(len(plan.passing(table, rows)) for table, rows in layers.parts())

    def standing(
        self,
        need: Need,
        policy: Policy = DEFAULT_POLICY,
        *,
        full_schools: frozenset[str] = NOBODY,
        floor: float = -math.inf,
    ) -> Standing:
        """The scores from `floor` on of all teams that pass every gate, to ask which rank a score has."""
        state = self._state
        plan = self._plan(need, policy, full_schools)
        main = state.main_standing(plan, floor)
        parts = list(state.layers.parts())[0 if main is None else 1 :]
        found = [ranking.reaching(table, plan, rows, floor) for table, rows in parts]
        return Standing(tuple(found if main is None else [main, *found]), floor)

    def _plan(self, need: Need, policy: Policy, full_schools: frozenset[str]) -> TeamPlan:
        return plan_for_teams(need, self._taxonomy, self._kinship, policy, self._vocabulary, full_schools)

    def _table_of(self, supplies: Sequence[Supply]) -> Table:
        words = Words()
        for supply in supplies:
            words.add(self._coder.encode(supply.skills))
        return self._table(supplies, [supply.schools for supply in supplies], words)

    def _table(
        self, teams: Sequence[Supply | TeamRow], schools: Sequence[frozenset[str]], words: Words
    ) -> Table:
        return Table.of(
            keys_of(team.team_id for team in teams),
            {
                "version": np.array([team.version for team in teams], dtype=np.int32),
                "hours": self._vocabulary.hours.numbers(team.hours_per_week for team in teams),
                "place": self._vocabulary.places.numbers((team.city, team.province) for team in teams),
                "schools": self._vocabulary.schools.numbers(schools),
                "available": np.array([team.available for team in teams], dtype=np.bool_),
            },
            np.array(words.counts, dtype=np.int32),
            {"words": np.array(words.cells, dtype=np.uint16)},
        )
