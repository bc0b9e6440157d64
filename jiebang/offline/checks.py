"""Checks across rows and tables: what no row alone can know."""

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from pydantic import StringConstraints

from producers.tables.faults import Fault, FaultyFile
from producers.tables.layout import Strict
from producers.tables.reading import Row, Rows

Id = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class Identified(Strict):
    """A row that others refer to."""

    id: Id


I = TypeVar("I", bound=Identified)  # noqa: E741 - the type of a row, beside M for its model


class Checks:
    """Collects all that is wrong with a file's tables."""

    def __init__(self, tables: Sequence[Rows[Any]]) -> None:
        self.faults: list[Fault] = [fault for table in tables for fault in table.faults]
        self._order = {table.sheet: place for place, table in enumerate(tables)}

    def wrong(self, row: Row[Any], field: str, zh: str, en: str) -> None:
        """Note what is wrong with a field of a row."""
        self.faults.append(row.fault(field, zh, en))

    def distinct(self, table: Rows[I]) -> dict[str, I]:
        """The rows by id, noting each id that was there before."""
        first: dict[str, int] = {}
        for row, one in table.good:
            if one.id in first:
                before = first[one.id]
                self.wrong(
                    row, "id", f"和第 {before} 行重复，改一个。", f"Row {before} has it, too. Change one."
                )
            first.setdefault(one.id, row.number)
        return {one.id: one for _, one in table.good}

    def refer(self, row: Row[Any], field: str, id: str, table: Rows[I], known: dict[str, I]) -> bool:
        """Whether an id is in a table; noted where it is not, unless the table could not be read whole."""
        if id not in known and not table.faults:
            self.wrong(row, field, f"“{table.sheet}”里没有 {id}。", f"There is no {id} in {table.sheet}.")
        return id in known

    def require(self) -> None:
        """Raise FaultyFile where anything was wrong."""
        if self.faults:
            in_order = sorted(self.faults, key=lambda fault: (self._order.get(fault.sheet, -1), fault.row))
            raise FaultyFile(tuple(in_order))
