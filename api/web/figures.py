"""Geometry of the small drawings in the pages: fit strips, contribution bars, timelines, levels and seals.

Lengths are percent of the drawing's width; SVG attributes carry them, so pages need no inline style.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

Basis = Literal["certified", "self_rated", "substitute", "missing"]

FILL: dict[Basis, str] = {
    "certified": "seg-c",
    "self_rated": "seg-s",
    "substitute": "seg-b",
    "missing": "seg-track",
}
STRIP_GAP = 1.0
LEVELS = 5


@dataclass(frozen=True, slots=True)
class FitPart:
    """One required skill: what it weighs, how much of it the team brings (0 to 1), and on what basis."""

    name: str
    weight: float
    credit: float
    basis: Basis


@dataclass(frozen=True, slots=True)
class Box:
    """A horizontal extent in percent of the drawing, rounded to a hundredth."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Segment:
    """One skill on the strip: the filled box and the dashed rest; either may be absent."""

    part: FitPart
    fill: str
    filled: Box | None
    rest: Box | None


def fit_segments(parts: Sequence[FitPart]) -> tuple[Segment, ...]:
    """Segments in the order given, widths proportional to the weights, together the whole width.

    Raises ValueError when no part weighs anything or a credit lies outside 0 to 1.
    """
    total = sum(part.weight for part in parts)
    if total <= 0:
        raise ValueError("A fit strip needs at least one skill with a weight")
    segments: list[Segment] = []
    x = 0.0
    for part in parts:
        width = 100 * part.weight / total
        segments.append(_segment(part, x, width))
        x += width
    return tuple(segments)


def _segment(part: FitPart, x: float, width: float) -> Segment:
    if not 0 <= part.credit <= 1:
        raise ValueError(f"The credit of {part.name} must lie between 0 and 1, not {part.credit}")
    gap = min(STRIP_GAP, width / 4)
    filled, rest = _split(Box(x + gap / 2, width - gap), part.credit)
    return Segment(part, FILL[part.basis], filled, rest)


def _split(box: Box, share: float) -> tuple[Box | None, Box | None]:
    full = box.width * share
    filled = Box(_r(box.x), _r(full)) if full > 0 else None
    rest = Box(_r(box.x + full), _r(box.width - full)) if share < 1 else None
    return filled, rest


def contribution(got: float, most: float, widest: float) -> tuple[Box | None, Box | None]:
    """What was got and what could be gained, on a scale where `widest` is the full width."""
    if widest <= 0 or most <= 0:
        return None, None
    return _split(Box(0.0, 100 * most / widest), min(1.0, got / most))


def rounded_points(values: Sequence[float], decimals: int = 1) -> tuple[Decimal, ...]:
    """Points (100 × contribution) rounded so that they add up to the rounded total.

    Largest remainder: all are rounded down, then the missing units go to the largest remainders in order.
    """
    unit = Decimal(1).scaleb(-decimals)
    exact = [Decimal(str(round(100 * value, 9))) / unit for value in values]
    floors = [int(value // 1) for value in exact]
    total = sum(exact, Decimal(0)).to_integral_value(ROUND_HALF_UP)
    missing = int(total) - sum(floors)
    by_remainder = sorted(range(len(exact)), key=lambda i: floors[i] - exact[i])
    for i in by_remainder[:missing]:
        floors[i] += 1
    return tuple(floor * unit for floor in floors)


def whole_points(score: float) -> int:
    """A score from 0 to 1 as it is shown: whole points of 100, halves up."""
    return int(100 * score + 0.5 + 1e-9)


@dataclass(frozen=True, slots=True)
class Pip:
    """One of the five steps of a level."""

    filled: bool
    required: bool


def pips(required: int, has: int) -> tuple[Pip, ...]:
    """Five steps: filled up to what the team has, one marked as required (none when 0)."""
    return tuple(Pip(filled=step <= has, required=step == required) for step in range(1, LEVELS + 1))


Place = Literal["taken", "over", "free"]


def load_places(load: int, limit: int) -> tuple[Place, ...]:
    """A mentor's places: taken up to the limit, over it, or free."""
    taken: list[Place] = ["taken" if i < limit else "over" for i in range(load)]
    return tuple(taken + ["free"] * max(0, limit - load))


@dataclass(frozen=True, slots=True)
class SealText:
    """What a seal shows: `columns` is read from the right, two characters a column."""

    text: str
    columns: bool


def seal_text(name: str, *, small: bool = False) -> SealText:
    """陈屿 → 陈屿之印 in two columns, 王小明 → 王小明印; a name that is not Han shows its initials.

    A small seal shows the family name's first character, or the first initial.
    """
    characters = [c for c in name if not c.isspace() and c not in "·•"]
    if not characters:
        return SealText("", columns=False)
    if not all(_is_han(c) for c in characters):
        initials = "".join(word[0] for word in name.split()).upper()
        return SealText(initials[: 1 if small else 2], columns=False)
    if small:
        return SealText(characters[0], columns=False)
    endings = {1: "印", 2: "之印", 3: "印"}
    return SealText("".join(characters[:4]) + endings.get(len(characters), ""), columns=True)


def initial(name: str) -> str:
    """One character for an avatar: the last of a Han name (海 of 王海), else the first letter."""
    stripped = name.strip()
    if not stripped:
        return ""
    return stripped[-1] if _is_han(stripped[-1]) else stripped[0].upper()


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U000323af"


@dataclass(frozen=True, slots=True)
class Timeline:
    """The window that a project's timelines share: first day to last, inclusive."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("A timeline ends on or after the day it begins")

    @classmethod
    def around(cls, days: Iterable[date]) -> "Timeline":
        """The smallest window that shows all the days."""
        shown = sorted(days)
        return cls(shown[0], shown[-1])

    def at(self, when: date) -> float:
        """Where the beginning of a day lies, clipped to the window."""
        whole = (self.last - self.first).days + 1
        return _r(min(100.0, max(0.0, 100 * (when - self.first).days / whole)))

    def months(self) -> tuple[date, ...]:
        """The first days of the months that begin inside the window, for its grid lines."""
        firsts: list[date] = []
        month = self.first.replace(day=1)
        while month <= self.last:
            if month > self.first:
                firsts.append(month)
            month = (month + timedelta(days=31)).replace(day=1)
        return tuple(firsts)

    def labels(self, today: date) -> tuple[tuple[float, date], ...]:
        """Where months are named: the window's first day and each month, none touching another name.

        The month nearer to `today` (which has a label of its own) gives way, and the first day to a month.
        """
        room, now = 12.0, self.at(today)
        months = self.months()
        starts = months if months and self.at(months[0]) < room else (self.first, *months)
        return tuple((x, day) for day in starts if abs((x := self.at(day)) - now) >= room)

    def span(self, start: date, end: date) -> Box | None:
        """The box of the days from start to end, both included; None when nothing of it shows."""
        x, stop = self.at(start), self.at(end + timedelta(days=1))
        return Box(x, _r(stop - x)) if stop > x else None


@dataclass(frozen=True, slots=True)
class Track:
    """A milestone's boxes on the timeline: planned, done, and what ran over the plan."""

    plan: Box | None
    done: Box | None
    late: Box | None


def milestone_track(timeline: Timeline, start: date, due: date, done_to: date | None) -> Track:
    """Plan from start to due; done up to `done_to` (None: not begun), overrun behind the due day."""
    plan = timeline.span(start, due)
    if done_to is None or done_to < start:
        return Track(plan, None, None)
    late = timeline.span(due + timedelta(days=1), done_to) if done_to > due else None
    return Track(plan, timeline.span(start, min(done_to, due)), late)


def _r(value: float) -> float:
    return round(value, 2)
