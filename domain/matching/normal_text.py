"""Text in the form in which names are looked for, with the way back to the original."""

import re
import unicodedata
from dataclasses import dataclass

_SEPARATORS = frozenset(" \t\r-_\u2010\u2011\u2013")
_APOSTROPHES = frozenset("\u2018\u2019")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Normal:
    """Normalised text; `origins[i]` is the place in the original from which character `i` comes."""

    text: str
    original: str
    origins: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where in the original the characters from `start` to `end` stand."""
        return self.origins[start], self.origins[end - 1] + 1

    def shown(self, start: int, end: int) -> str:
        """The characters from `start` to `end` as the original has them."""
        first, last = self.place(start, end)
        return self.original[first:last]


def is_word(character: str) -> bool:
    """Whether a character continues a Latin word or number; Han characters stand for themselves."""
    return character.isalnum() and not _HAN.match(character)


def normalise(text: str) -> Normal:
    """Full-width as half-width, lower case, separators as one space, no space beside Han characters."""
    characters: list[str] = []
    origins: list[int] = []
    pending: int | None = None
    for origin, character in enumerate(text):
        for folded in unicodedata.normalize("NFKC", character).casefold():
            if folded in _SEPARATORS:
                pending = origin if pending is None else pending
                continue
            if pending is not None and characters and is_word(characters[-1]) and is_word(folded):
                characters.append(" ")
                origins.append(pending)
            pending = None
            characters.append("'" if folded in _APOSTROPHES else folded)
            origins.append(origin)
    return Normal("".join(characters), text, tuple(origins))
