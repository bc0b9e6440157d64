"""The embedded form is one process: its folder belongs to one at a time.

The lock is the operating system's, so that it goes with the process however that ends.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LOCK_FILE = "running"


class RunningAlready(Exception):
    """Another process serves from this folder; the message says what to do."""


@contextmanager
def only_one_in(home: Path) -> Iterator[None]:
    """Keep every other process from serving from `home`. Raises RunningAlready."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / LOCK_FILE).open("ab") as file:
        try:
            _lock(file)
        except (BlockingIOError, PermissionError) as error:
            raise RunningAlready(
                f"Jiebang runs in {home.absolute()} already: use that one, stop it, "
                "or give this one a folder of its own with JIEBANG_HOME."
            ) from error
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
