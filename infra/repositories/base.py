"""What all repositories share: reading by ids and writing with a version check."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Row, Select, Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from domain.aggregate import Aggregate
from domain.errors import Conflict, NotFound, StaleAggregate
from infra.outbox import Outbox

A = TypeVar("A", bound=Aggregate)
Values = Mapping[str, Any]


class SqlRepository(ABC, Generic[A]):
    """Aggregates of one kind as rows of `table`; subclasses add the rows of their parts."""

    table: Table
    kind: type[A]

    def __init__(self, connection: Connection, outbox: Outbox) -> None:
        self.connection = connection
        self._outbox = outbox

    @abstractmethod
    def to_values(self, aggregate: A) -> dict[str, Any]:
        """The columns of the aggregate's own row."""

    @abstractmethod
    def from_rows(self, rows: Sequence[Row[Any]]) -> list[A]:
        """The aggregates of these rows, in their order."""

    def added_values(self) -> dict[str, Any]:
        """Columns that the store keeps beside the aggregate, as a new row has them."""
        return {}

    def changed_values(self) -> dict[str, Any]:
        """The same columns when the aggregate changes."""
        return {}

    def save_parts(self, aggregate: A) -> None:
        """Write the rows of other tables that belong to the aggregate."""

    def get(self, id: str) -> A:
        found = self.find([id])
        if id not in found:
            raise NotFound(kind=self.kind.name, id=id)
        return found[id]

    def hold(self, id: str) -> A:
        # NO KEY, so that rows which refer to this one can still be added.
        held = self.load(select(self.table).where(self.table.c.id == id).with_for_update(key_share=True))
        if not held:
            raise NotFound(kind=self.kind.name, id=id)
        return held[0]

    def find(self, ids: Iterable[str]) -> dict[str, A]:
        wanted = set(ids)
        if not wanted:
            return {}
        return {a.id: a for a in self.load(select(self.table).where(self.table.c.id.in_(wanted)))}

    def load(self, query: Select[Any]) -> list[A]:
        """The aggregates whose rows `query` selects."""
        return self.from_rows(self.connection.execute(query).all())

    def save(self, aggregate: A) -> None:
        known = aggregate.stored_version
        changes = aggregate.take_events()
        if not changes:
            return
        values = self.to_values(aggregate) | {"version": aggregate.version}
        try:
            if known == 0:
                row = values | self.added_values() | {"id": aggregate.id}
                self.connection.execute(insert(self.table), row)
            else:
                self._update(aggregate, known, values)
            self.save_parts(aggregate)
        except IntegrityError as error:
            # Somebody else was first: the rules were checked against rows that have changed since.
            raise Conflict(kind=aggregate.name, id=aggregate.id) from error
        self._outbox.append(aggregate, changes)

    def _update(self, aggregate: A, known: int, values: Values) -> None:
        # Parameters rather than `values(...)`: SQLAlchemy compiles the statement once.
        changed = self.connection.execute(
            update(self.table)
            .where(
                self.table.c.id == bindparam("known_id"), self.table.c.version == bindparam("known_version")
            )
            .values(self.changed_values()),
            {**values, "known_id": aggregate.id, "known_version": known},
        )
        if changed.rowcount == 0:
            raise StaleAggregate(kind=aggregate.name, id=aggregate.id, version=known)
