"""What a table looks like: its columns with their names in both languages, and what a row means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

M = TypeVar("M", bound=BaseModel)
Language = Literal["zh", "en"]

YES = frozenset({"1", "true", "yes", "y", "是", "可"})
NO = frozenset({"0", "false", "no", "n", "否", "不可"})


class Strict(BaseModel):
    """What a row means: nothing unknown, nothing infinite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field that it fills, its two names, and how its text is read where it is not the value.

    A field `a.b` is the field `b` of the object `a`.
    """

    field: str
    zh: str
    en: str
    read: Callable[[str], object] | None = None

    def named(self, language: Language) -> str:
        """Its name in a language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Layout(Generic[M]):
    """A table: its two names, its columns, the model that each row has to fit, and rows of an example."""

    zh: str
    en: str
    columns: tuple[Column, ...]
    model: type[M]
    examples: tuple[tuple[str, ...], ...] = ()

    def named(self, language: Language) -> str:
        """Its name in a language."""
        return self.zh if language == "zh" else self.en

    def is_called(self, name: str) -> bool:
        """Whether a sheet of that name is this table, in either language."""
        return fold(name) in (fold(self.zh), fold(self.en))

    def column(self, header: str) -> Column | None:
        """The column that a header means, in either language or by its field; None for an unknown one."""
        found = self._by_name.get(header)  # as it mostly is, without folding each of a million cells' names
        return found if found is not None else self._by_name.get(fold(header))

    @property
    def required(self) -> tuple[Column, ...]:
        """The columns that have to be there."""
        fields = self.model.model_fields
        return tuple(c for c in self.columns if c.field in fields and fields[c.field].is_required())

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {
            fold(name): column for column in self.columns for name in (column.field, column.zh, column.en)
        }

    def record(self, cells: Mapping[str, object]) -> dict[str, object]:
        """A row's fields by what its cells or keys are called; empty texts are left out.

        What no column is called keeps its name, so that the model can say what it thinks of it.
        """
        record: dict[str, object] = {}
        for name, cell in cells.items():
            value = cell.strip() if isinstance(cell, str) else cell
            if value == "":
                continue
            column = self.column(name)
            if column is None:
                record[name] = value
                continue
            if column.read is not None and isinstance(value, str):
                value = column.read(value)
            outer, _, inner = column.field.partition(".")
            nested = record.setdefault(outer, {}) if inner else None
            if isinstance(nested, dict):
                nested[inner] = value
            else:
                record[column.field] = value
        return record


def fold(name: str) -> str:
    """The form in which names of sheets and columns are compared."""
    return " ".join(name.casefold().split())


def flag(text: str) -> object:
    """A yes or no in either language; other texts stay what they are, for the model to refuse."""
    folded = text.casefold()
    return True if folded in YES else False if folded in NO else text


def listed(text: str) -> list[str]:
    """The parts of a list in one cell, between semicolons of either width."""
    return [part.strip() for part in text.replace("；", ";").split(";") if part.strip()]


def wanted_skills(text: str) -> list[dict[str, object]]:
    """Skills in one cell: `name:level`, `!` behind the level of a must, then `*weight` where it has one."""
    return [_wanted_skill(part) for part in listed(text)]


def _wanted_skill(part: str) -> dict[str, object]:
    name, _, demand = part.replace("：", ":").rpartition(":")
    level, _, weight = demand.replace("！", "!").partition("*")
    level = level.strip()
    skill: dict[str, object] = {
        "skill": name.strip(),
        "level": level.rstrip("!").strip(),
        "mandatory": level.endswith("!"),
    }
    return skill | {"weight": weight.strip()} if weight.strip() else skill
