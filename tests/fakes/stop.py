"""A stop signal whose waits take no time."""

from collections.abc import Callable

TOO_OFTEN = 200


class FakeStop:
    """Notes how long somebody would have waited; `while_waiting` runs during each wait, and may `set` it."""

    def __init__(self, while_waiting: Callable[[], None] = lambda: None) -> None:
        self.waits: list[float] = []
        self.while_waiting = while_waiting
        self._set = False

    def set(self) -> None:
        self._set = True

    def is_set(self) -> bool:
        return self._set

    def wait(self, timeout: float) -> bool:
        self.waits.append(timeout)
        assert len(self.waits) < TOO_OFTEN, "would wait for ever"
        self.while_waiting()
        return self._set
