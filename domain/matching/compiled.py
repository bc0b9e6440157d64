"""Compiling kernels with numba where it is installed; without it they are not used (see `KERNELS`)."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

KERNELS: bool = find_spec("numba") is not None


def compiled(function: F) -> F:
    """Compile on the first call, keep the result on disk, and let other threads run meanwhile.

    Without numba the function stays as it is: correct, but far too slow for large tables.
    """
    if not KERNELS:
        return function
    from numba import njit

    return cast(F, njit(cache=True, nogil=True)(function))


def compilable(function: F) -> F:
    """Leave a function as it is, but let compiled functions call it, too."""
    if not KERNELS:
        return function
    from numba.extending import register_jitable

    jitable: F = register_jitable(function)
    return jitable
