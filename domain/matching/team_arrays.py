"""Teams as columns: the quickest way into an index, for whoever has them in arrays already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.matching.errors import InvalidHours, InvalidLevel, RepeatedSkill, UnknownSkill
from domain.matching.model import HIGHEST_LEVEL
from domain.matching.profile import unpack_levels
from domain.matching.score import Place
from domain.matching.taxonomy import Taxonomy
from domain.matching.words import CODE_BITS, MAX_SKILLS, pack_word

CHUNK = 1 << 15
NO_LEVELS, NOT_PACKED = -1, -2


@dataclass(frozen=True, slots=True)
class TeamArrays:
    """`n` teams with distinct ids, in any order, and their skills, team after team.

    Numbers may be of any integer type. Where the ids ascend, nothing has to be sorted.
    """

    ids: NDArray[np.bytes_]  # (n,): in UTF-8
    versions: NDArray[Any]  # (n,): from 1
    starts: NDArray[Any]  # (n + 1,): the skills of team i are starts[i]:starts[i + 1]
    skills: NDArray[Any]  # (starts[n],): places in the taxonomy's `skills`; one team's are distinct
    levels: NDArray[Any]  # (starts[n],): as `pack_levels` packs them, 0 for none
    hours_per_week: NDArray[np.float64]  # (n,): finite, at least 0
    places: NDArray[Any]  # (n,): places in `place_values`
    place_values: Sequence[Place]  # cities and provinces
    schools: NDArray[Any]  # (n,): places in `school_values`
    school_values: Sequence[frozenset[str]]  # the teams' sets of schools
    available: NDArray[np.bool_]  # (n,)

    def __len__(self) -> int:
        return len(self.ids)

    def validate(self, taxonomy: Taxonomy) -> None:
        """Raises ValueError where lengths, ids or places do not fit, and UnknownSkill, RepeatedSkill or
        InvalidHours where a value is not one of a team.
        """
        self._check_lengths()
        _check_places("places", self.places, len(self.place_values))
        _check_places("schools", self.schools, len(self.school_values))
        wrong = self.hours_per_week[~(np.isfinite(self.hours_per_week) & (self.hours_per_week >= 0))]
        if len(wrong):
            raise InvalidHours(float(wrong[0]), field="hours_per_week")
        unknown = self.skills[(self.skills < 0) | (self.skills >= len(taxonomy))]
        if len(unknown):
            raise UnknownSkill(str(unknown[0]), field="skills")
        repeated = repeated_skill(self.starts, self.skills)
        if repeated is not None:
            raise RepeatedSkill(taxonomy.skills[repeated].code, field="skills")

    def words(self) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """How many words each team has, and the words; no levels, no word. Raises InvalidLevel."""
        outside = (self.levels < 0) | (self.levels >= len(_CODE_OF_BYTE))
        codes = _CODE_OF_BYTE[np.where(outside, len(_CODE_OF_BYTE) - 1, self.levels)]
        if (codes == NOT_PACKED).any():
            wrong = int(self.levels[codes == NOT_PACKED][0])
            raise InvalidLevel(wrong, 0, HIGHEST_LEVEL, field="levels")
        words: NDArray[np.uint16] = self.skills.astype(np.uint16) << np.uint16(CODE_BITS) | codes.astype(
            np.uint16
        )
        counts = np.diff(self.starts)
        held = codes != NO_LEVELS
        if not held.all():
            owners = np.repeat(np.arange(len(self)), counts)[held]
            words, counts = words[held], np.bincount(owners, minlength=len(self))
        return counts.astype(np.int32), words

    def _check_lengths(self) -> None:
        for name in ("versions", "hours_per_week", "places", "schools", "available"):
            if getattr(self, name).shape != (len(self),):
                raise ValueError(f"{name} needs one entry for each of the {len(self)} ids")
        starts = self.starts
        if starts.shape != (len(self) + 1,) or starts[0] != 0 or (np.diff(starts) < 0).any():
            raise ValueError("starts needs one entry more than ids, from 0 on and never less than the last")
        if self.skills.shape != (starts[-1],) or self.levels.shape != (starts[-1],):
            raise ValueError(f"skills and levels need the {starts[-1]} entries that starts tells of")
        ordered = self.ids if (self.ids[:-1] < self.ids[1:]).all() else np.sort(self.ids)
        if (ordered[:-1] == ordered[1:]).any():
            raise ValueError("ids must be distinct")


def repeated_skill(starts: NDArray[Any], skills: NDArray[Any]) -> int | None:
    """A skill that stands twice in the same row, if one does."""
    for first in range(0, len(starts) - 1, CHUNK):  # which fits the processor's cache
        some = starts[first : first + CHUNK + 1]
        owners = np.repeat(np.arange(len(some) - 1, dtype=np.int32), np.diff(some))
        cells = np.sort(owners * np.int32(MAX_SKILLS) + skills[some[0] : some[-1]].astype(np.int32))
        twice = cells[:-1][cells[:-1] == cells[1:]]
        if len(twice):
            return int(twice[0]) % MAX_SKILLS
    return None


def _check_places(name: str, numbers: NDArray[Any], values: int) -> None:
    if len(numbers) and not (numbers.min() >= 0 and numbers.max() < values):
        raise ValueError(f"{name} must be from 0 to {values - 1}")


def _codes_of_bytes() -> NDArray[np.int8]:
    """The level code of each packed byte; the last entry is for bytes that are out of range."""
    codes = np.full((HIGHEST_LEVEL + 1 << 3) + 1, NOT_PACKED, dtype=np.int8)
    for byte in range(len(codes) - 1):
        try:
            levels = unpack_levels(byte)
        except InvalidLevel:
            continue
        codes[byte] = pack_word(0, levels) if levels.best else NO_LEVELS
    return codes


_CODE_OF_BYTE = _codes_of_bytes()
