"""A change feed that a test speaks through."""

from collections.abc import Callable, Sequence

from domain.events import EventRecord
from streams.feed import CATCH_UP_SECONDS, Callback


class FakeFeed:
    """Delivers what the test hands to `deliver`; `on_catch_up` runs when somebody wants the log's end."""

    def __init__(self, on_catch_up: Callable[[], None] = lambda: None) -> None:
        self.on_catch_up = on_catch_up
        self.position = "0:1"
        self._callbacks: list[Callback] = []

    def subscribe(self, callback: Callback) -> None:
        self._callbacks.append(callback)

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass

    def catch_up(self, timeout: float = CATCH_UP_SECONDS) -> None:
        self.on_catch_up()

    def since(self, position: str) -> list[tuple[str, EventRecord]] | None:
        return None

    def deliver(self, records: Sequence[EventRecord]) -> None:
        for callback in self._callbacks:
            callback(self.position, records)
