"""How functions of this package are compiled: once per machine, kept on disk; what they compute is said elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Compiled = TypeVar("Compiled", bound=Callable[..., Any])


def compiled(function: Compiled) -> Compiled:
    """The same function as machine code that leaves other threads running.

    Sums keep their written order (no fast-math), so that a row has the same bits alone and among others.
    """
    return cast(Compiled, njit(cache=True, nogil=True)(function))
