"""Compiling kernels with numba where it is installed; without it they are not used (see `KERNELS`).

Only the entry points of a kernel are `compiled`; the functions that they call are `compilable`.
"""

import hashlib
import os
from collections.abc import Callable
from functools import cache, wraps
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

KERNELS: bool = find_spec("numba") is not None


def compilable(function: F) -> F:
    """Leave a function as it is, but let compiled functions call it, too."""
    _compilable.append(function)
    return function


def compiled(function: F) -> F:
    """Compile on the first call, keep the result on disk, and let other threads run meanwhile.

    Without numba the function stays as it is: correct, but far too slow for large tables.
    """
    if not KERNELS:
        return function

    @wraps(function)
    def call(*arguments: Any) -> Any:
        return _dispatcher(function)(*arguments)

    return cast(F, call)


def keep_compiled_in(folder: Path) -> None:
    """Where to keep compiled code if this package's own folder cannot be written; call it at the start."""
    _spare_folders[:] = [folder]


_spare_folders: list[Path] = []
_compilable: list[Callable[..., Any]] = []
_registering = Lock()


@cache
def _dispatcher(function: Callable[..., Any]) -> Callable[..., Any]:
    from numba import config, njit
    from numba.extending import register_jitable

    with _registering:
        while _compilable:
            register_jitable(_compilable.pop())
    folder = _cache_folder()
    if folder is not None:
        config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]  # made when numba is loaded
    dispatcher: Callable[..., Any] = njit(cache=folder is not None, nogil=True)(function)
    return dispatcher


@cache
def _cache_folder() -> Path | None:
    """Where compiled code is kept: a folder for exactly these sources, None where none can be written.

    numba looks only at the file of the entry point, and would go on using code compiled from older versions
    of the functions that it calls.
    """
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for source in sorted(package.glob("*.py")):
        digest.update(source.read_bytes())
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    places = [Path(chosen)] if chosen else [package / "__pycache__", *_spare_folders]
    folders = (place / f"kernels-{digest.hexdigest()[:12]}" for place in places)
    return next(filter(_is_writable, folders), None)


def _is_writable(folder: Path) -> bool:
    """Whether files can be made in the folder, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
