"""What people typed into a form, read field by field, with what is wrong in their language."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time
from math import isfinite
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from api import sentences
from api.web.i18n import current_reader, gettext
from domain.errors import DomainError

MOST_FIELDS = 400
YEARS = range(2000, 2101)


async def read_form(request: Request) -> "Form":
    """The request's form; a dependency of pages. Files are not read here."""
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as data:
        return Form(data)


class Errors(dict[str, str]):
    """What is wrong, by field; nothing is wrong with a field that is not in it."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(slots=True)
class Form:
    """Reads fields; where one cannot be taken, `errors` says why and its value is the default."""

    data: FormData
    errors: Errors = field(default_factory=Errors)

    def raw(self, name: str) -> str:
        """What was typed, without spaces around it and without characters that no text has."""
        value = self.data.get(name)
        if not isinstance(value, str):
            return ""
        return "".join(c for c in value if c >= " " or c in "\n\t").replace("\x7f", "").strip()

    def secret(self, name: str) -> str:
        """A password exactly as it was typed."""
        value = self.data.get(name)
        return value if isinstance(value, str) else ""

    def rows(self, name: str) -> list[str]:
        """All values of a field that is there several times."""
        return [value for value in self.data.getlist(name) if isinstance(value, str)]

    def text(self, name: str, most: int, *, required: bool = False) -> str:
        """At most `most` characters."""
        value = self.raw(name)
        if required and not value:
            self.refuse(name, gettext("This cannot be empty."))
        if len(value) > most:
            self.refuse(
                name,
                gettext("At most %(most)s characters, there are %(now)s.")
                % {"most": most, "now": len(value)},
            )
        return value[:most]

    def number(self, name: str, low: float, high: float, default: float | None = None) -> float | None:
        """A number from `low` to `high`; `default` where nothing was typed."""
        typed = self.raw(name)
        if not typed:
            return default
        value = read_number(typed)
        if value is None:
            self.refuse(name, gettext("Give a number, such as 6.4."))
            return default
        if not isfinite(value) or not low <= value <= high:
            self.refuse(
                name,
                gettext("Give a number from %(low)s to %(high)s.") % {"low": f"{low:g}", "high": f"{high:g}"},
            )
            return default
        return value

    def whole(self, name: str, low: int, high: int, default: int) -> int:
        """A whole number from `low` to `high`."""
        value = self.number(name, low, high, default)
        if value is None or value != int(value):
            self.refuse(name, gettext("Give a whole number."))
            return default
        return int(value)

    def choice(self, name: str, values: Collection[str], default: str) -> str:
        """One of `values`."""
        value = self.raw(name)
        return value if value in values else default

    def flag(self, name: str) -> bool:
        """Whether the box was ticked."""
        return bool(self.raw(name))

    def day(self, name: str) -> date | None:
        """A day as date fields send it."""
        typed = self.raw(name)
        try:
            value = date.fromisoformat(typed)
        except ValueError:
            self.refuse(name, gettext("Give a day."))
            return None
        if value.year not in YEARS:
            self.refuse(name, gettext("Give a day between 2000 and 2100."))
            return None
        return value

    def moment(self, name: str) -> datetime | None:
        """A day and time on the reader's clock, as such fields send it; a day alone means 18:00."""
        typed = self.raw(name)
        try:
            value = (
                datetime.fromisoformat(typed)
                if "T" in typed
                else datetime.combine(date.fromisoformat(typed), time(18))
            )
        except ValueError:
            self.refuse(name, gettext("Give a day and a time."))
            return None
        if value.year not in YEARS:
            self.refuse(name, gettext("Give a day between 2000 and 2100."))
            return None
        return value.replace(tzinfo=current_reader().zone)

    def refuse(self, name: str, sentence: str) -> None:
        """Note what is wrong with a field; the first sentence stays."""
        self.errors.setdefault(name, sentence)

    def blame(self, error: DomainError) -> None:
        """Note what a broken rule says, at its field where it names one, else for the whole form."""
        self.refuse(error.field or "form", explain(error))

    @property
    def accepted(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors


def read_number(typed: str) -> float | None:
    """The number as people write it, infinite where it is beyond all that can be counted; None for none."""
    try:
        return float(typed.replace("，", "").replace(",", ""))
    except ValueError:
        return None


def explain(error: DomainError) -> str:
    """The sentence of a broken rule in the reader's language."""
    return sentences.explain(error, current_reader().language)


FormOf = Annotated[Form, Depends(read_form)]
