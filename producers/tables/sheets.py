"""The content of a file as sheets of rows, whatever its format; what the rows mean is said by layouts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from producers.tables.faults import Fault, UnreadableFile

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row by the names of its cells or keys, with its number in the file; or why it is none."""

    number: int
    cells: Mapping[str, object]
    fault: Fault | None = None


@dataclass(slots=True)
class Sheet:
    """A sheet, section or list. `header` holds the names of a table's columns, which are in row `header_row`;
    it is None for lists of objects.
    """

    name: str
    header: tuple[str, ...] | None = None
    header_row: int = 0
    rows: list[RawRow] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.header or self.rows)

    def add_object(self, number: int, item: object) -> None:
        """Add an object of a list."""
        if isinstance(item, Mapping):
            self._add(RawRow(number, {str(key): value for key, value in item.items()}))
        else:
            self.add_fault(number, "要是一个对象。", "It has to be an object.")

    def add_cells(self, number: int, cells: list[str]) -> None:
        """Add a row of a table: the first that holds anything is the header, empty ones are passed over."""
        if not any(cell.strip() for cell in cells):
            return
        if self.header is None:
            self._take_header(number, cells)
            return
        if any(cell.strip() for cell in cells[len(self.header) :]):
            self.add_fault(number, "这一行的格子比表头多。", "The row has more cells than the header.")
            return
        named = zip(self.header, cells, strict=False)
        self._add(RawRow(number, {name: cell for name, cell in named if name}))

    def add_fault(self, number: int, zh: str, en: str) -> None:
        """Note why a row says nothing."""
        self._add(RawRow(number, {}, Fault(self.name, number, "", zh, en)))

    def _add(self, row: RawRow) -> None:
        if len(self.rows) == MOST_ROWS:
            raise UnreadableFile(
                "超过 10 万行，拆成几个。", "There are more than 100,000 rows. Split the file."
            )
        self.rows.append(row)

    def _take_header(self, number: int, cells: list[str]) -> None:
        header = [cell.strip() for cell in cells]
        while not header[-1]:
            header.pop()
        if len(header) > MOST_COLUMNS:
            raise UnreadableFile(
                f"超过 {MOST_COLUMNS} 列，删掉用不到的。",
                f"There are more than {MOST_COLUMNS} columns. Remove those that are not needed.",
            )
        self.header, self.header_row = tuple(header), number
