"""Waiting for what another thread, process or service brings about."""

import threading
import time
from collections.abc import Callable

POLL_SECONDS = 0.01


def wait_until(condition: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Return once the condition holds; fails after `seconds` with what was waited for."""
    deadline = time.monotonic() + seconds
    turn = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:g} s for {what}"
        turn.wait(POLL_SECONDS)
