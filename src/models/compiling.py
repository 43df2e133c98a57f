"""Compiles loops that numpy has no call for with numba, once per machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """The function as machine code that leaves other threads running, made at its first call and kept for later runs.

    It is kept beside the source; where nobody may write there, as in a container, every run makes it anew. Sums keep
    their written order (no fast-math), so that a row has the same bits alone and among others.
    """
    try:
        return cast(Function, njit(nogil=True, cache=True)(function))
    except RuntimeError:  # numba found no place to keep it
        return cast(Function, njit(nogil=True)(function))
