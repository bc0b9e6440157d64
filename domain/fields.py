"""Reading an object that came from outside: what is wrong with which field, all of it at once."""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime


class Fields:
    """The fields of one object. Each method returns a usable value and notes in `problems` why it had to
    make one up, by the field's path ("skills.0.level") and as a sentence for the sender.
    """

    def __init__(self, data: object, problems: dict[str, str], path: str = "") -> None:
        self.problems = problems
        self._path = path
        self._data: Mapping[str, object] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            self.blame("", f"has to be an object, not {_kind(data)}")
            self.problems = {}  # what is not there has no fields to complain of

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._data.get(name) is not None

    def blame(self, name: str, problem: str) -> None:
        """Note a problem, unless the field has one already."""
        path = ".".join(part for part in (self._path, name) if part)
        self.problems.setdefault(path or "(message)", problem)

    def text(self, name: str, most: int, default: str | None = None) -> str:
        """A string of at most `most` characters, stripped; a field without a default must not be empty."""
        value = self._data.get(name)
        if value is None:
            if default is None:
                self.blame(name, "is missing")
            return default or ""
        if not isinstance(value, str):
            self.blame(name, f"has to be a text, not {_kind(value)}")
            return ""
        text = value.strip()
        if not text and default is None:
            self.blame(name, "is empty")
        elif len(text) > most:
            self.blame(name, f"has {len(text)} characters; at most {most} are kept")
        elif not _storable(text):
            self.blame(name, "holds characters that are none (U+0000 or half of a surrogate pair)")
        return text

    def choice(self, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """One of `choices`."""
        value = self._data.get(name)
        if value is None and default is not None:
            return default
        if value not in choices:
            self.blame(name, f"has to be one of {', '.join(choices)}, not {_shown(value)}")
            return choices[0]
        return str(value)

    def integer(self, name: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number between `least` and `most`."""
        value = self._data.get(name)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.blame(name, f"has to be a whole number from {least} to {most}, not {_shown(value)}")
            return least
        return value

    def number(self, name: str, least: float, most: float, default: float | None = None) -> float:
        """A finite number between `least` and `most`."""
        value = self._data.get(name)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            self.blame(name, f"has to be a number from {least:g} to {most:g}, not {_shown(value)}")
            return least
        return float(value)

    def flag(self, name: str) -> bool:
        """true or false; false where it is missing."""
        value = self._data.get(name)
        if value is not None and not isinstance(value, bool):
            self.blame(name, f"has to be true or false, not {_shown(value)}")
        return value is True

    def moment(self, name: str, default: datetime, latest: datetime) -> datetime:
        """A time with its zone in ISO 8601, in UTC, not after `latest`."""
        value = self._data.get(name)
        if value is None:
            return default
        try:
            found = datetime.fromisoformat(value if isinstance(value, str) else "")
            if found.tzinfo is not None and (moment := found.astimezone(UTC)) <= latest:
                return moment
        except (ValueError, OverflowError):
            pass
        self.blame(
            name,
            "has to be a time with its zone, such as 2026-03-02T17:00:00+08:00, "
            f"not after {latest:%Y-%m-%d}; it is {_shown(value)}",
        )
        return default

    def part(self, name: str) -> "Fields":
        """The object in a field."""
        path = f"{self._path}.{name}" if self._path else name
        if not self.has(name):
            self.blame(name, "is missing")
            return Fields({}, {}, path)
        return Fields(self._data[name], self.problems, path)

    def parts(self, name: str, most: int) -> Iterator["Fields"]:
        """The objects in a field's list; none where the field is missing."""
        value = self._data.get(name)
        if value is None:
            return
        if not isinstance(value, list):
            self.blame(name, f"has to be a list, not {_kind(value)}")
            return
        if len(value) > most:
            self.blame(name, f"has {len(value)} entries; at most {most} are kept")
        for position, item in enumerate(value[:most]):
            yield Fields(item, self.problems, f"{self._path}.{name}.{position}".lstrip("."))


def _storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _shown(value: object) -> str:
    if value is None:
        return "missing"
    if isinstance(value, float) and not math.isfinite(value):
        return "infinite"
    text = ascii(value) if isinstance(value, str) and not _storable(value) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
