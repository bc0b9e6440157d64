"""The types of inputs and outputs: each input has a limit, and JSON's types are taken as they are.

Strict, so that what the OpenAPI document rejects is rejected: "5" is not 5, and 1 is not true.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

T = TypeVar("T")

_MOMENT = re.compile(r"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$")
_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")
_YEARS = range(2000, 2101)


class Input(BaseModel):
    """A request's body or a part of it; a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Output(BaseModel):
    """A part of an answer, made from what the queries return."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Page(Output, Generic[T]):
    """A list. With `total_relation` "gte" there are at least `total` things."""

    items: list[T]
    total: int
    total_relation: Literal["eq", "gte"] = "eq"
    next_cursor: str | None = None
    facets: dict[str, list["FacetValue"]] = {}


class FacetValue(Output):
    """How many things there would be if this value alone were chosen."""

    value: str
    count: int


def _as_text(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "Input should be a valid string")
    return value


def _moment(value: Any) -> Any:
    if not _MOMENT.match(_as_text(value)):
        raise PydanticCustomError("moment", "Give a date and time with its zone, like 2026-03-02T17:00:00Z")
    return value.upper()


def _day(value: Any) -> Any:
    if not _DAY.match(_as_text(value)):
        raise PydanticCustomError("day", "Give a day like 2026-03-02")
    return value


def _plausible(value: date) -> date:
    if value.year not in _YEARS:
        raise PydanticCustomError("year", "Give a year from 2000 to 2100")
    return value


# C0 controls and DEL have no place in a line; in longer texts, tabs and line ends do.
_LINE = r"^[^\x00-\x1f\x7f]*$"
_PROSE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
_WRITTEN = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"


def line(most: int) -> StringConstraints:
    """One line of text that says something: `Annotated[str, line(200)]`."""
    return StringConstraints(min_length=1, max_length=most, pattern=_WRITTEN)


def optional_line(most: int) -> StringConstraints:
    """One line of text, which may be empty."""
    return StringConstraints(max_length=most, pattern=_LINE)


def prose(most: int) -> StringConstraints:
    """Text of several lines, which may be empty."""
    return StringConstraints(max_length=most, pattern=_PROSE)


Id = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
    Field(examples=["01977d3e-5c1a-7000-8000-0242ac120002"]),
]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.+#-]{0,79}$")]
"""A code of the taxonomy."""
Level = Annotated[int, Field(strict=True, ge=1, le=5)]
Weight = Annotated[float, Field(strict=True, ge=0.001, le=1000, allow_inf_nan=False)]
Hours = Annotated[float, Field(strict=True, ge=0, le=168, allow_inf_nan=False)]
Yuan = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]
Measure = Annotated[float, Field(strict=True, ge=-1e15, le=1e15, allow_inf_nan=False)]
Flag = Annotated[bool, Field(strict=True)]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    AfterValidator(_plausible),
    Field(examples=["2026-12-01T17:00:00+08:00"]),
]
Day = Annotated[date, BeforeValidator(_day), AfterValidator(_plausible), Field(examples=["2026-12-01"])]
Limit = Annotated[int, Field(ge=1, le=100)]
Cursor = Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=r"^[A-Za-z0-9_-]+$")]
