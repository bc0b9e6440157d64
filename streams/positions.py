"""A place in the log that any process understands: the next offset of each partition."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class Position:
    """Everything below these offsets has been seen; a partition that is missing has not been looked at.

    Its text, "0:56,1:33", holds nothing that a URL, a header or a line of an event stream would change.
    """

    offsets: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The position that `str` wrote; None for anything else."""
        offsets: dict[int, int] = {}
        for part in text.split(",") if text else []:
            partition, colon, offset = part.partition(":")
            if not (colon and _is_number(partition) and _is_number(offset)):
                return None
            offsets[int(partition)] = int(offset)
        return cls(offsets)

    def past(self, places: Iterable[tuple[int, int]]) -> Self:
        """The position that has seen these messages, too: pairs of partition and offset."""
        offsets = dict(self.offsets)
        for partition, offset in places:
            offsets[partition] = max(offsets.get(partition, 0), offset + 1)
        return type(self)(offsets)

    def covers(self, other: "Position") -> bool:
        """Whether everything that `other` has seen was seen here."""
        return all(self.offsets.get(partition, 0) >= offset for partition, offset in other.offsets.items())

    def __str__(self) -> str:
        return ",".join(f"{partition}:{self.offsets[partition]}" for partition in sorted(self.offsets))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18
