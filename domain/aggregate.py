"""What every aggregate has: an id, a version and the events of its changes."""

from dataclasses import dataclass, field
from typing import ClassVar

from domain.events import Event


@dataclass(kw_only=True)
class Aggregate:
    """A consistency boundary. Each change is an event, and each event raises `version` by exactly one."""

    name: ClassVar[str]

    id: str
    version: int = 0
    _events: list[tuple[int, Event]] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def log_key(self) -> str:
        """What orders this aggregate's events with others in the log; its own id unless it says otherwise."""
        return self.id

    def record(self, event: Event) -> None:
        """Note a change that has been made to this aggregate."""
        self.version += 1
        self._events.append((self.version, event))

    @property
    def stored_version(self) -> int:
        """The version that the store holds; 0 where this aggregate is new."""
        return self.version - len(self._events)

    def take_events(self) -> list[tuple[int, Event]]:
        """The changes since the last call, with the version that each led to."""
        events, self._events = self._events, []
        return events
