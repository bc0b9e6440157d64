"""Relays at work in threads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from producers.relay import Relay


@contextmanager
def running(*relays: Relay) -> Iterator[None]:
    """Run the relays in threads until the block ends."""
    stop = threading.Event()
    threads = [threading.Thread(target=relay.run, args=[stop]) for relay in relays]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
