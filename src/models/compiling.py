"""Compiles loops that numpy has no call for with numba, once per machine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """The function as machine code that leaves other threads running, made at its first call and kept for later runs.

    It is kept beside the source; where nobody may write there, as in a container, every run makes it anew. Sums keep
    their written order (no fast-math), so that a row has the same bits alone and among others.
    """
    try:
        kept = njit(nogil=True, cache=True)(function)
    except RuntimeError:  # numba found no place to keep it
        return cast(Function, njit(nogil=True)(function))
    _drop_outdated(Path(str(kept.stats.cache_path)), Path(function.__code__.co_filename))
    return cast(Function, kept)


@cache
def _drop_outdated(cache: Path, source: Path) -> None:
    """Remove what was kept of an earlier ``source``.

    Numba reads the types of a kept function before it asks whether the source is the same, and fails where an upgrade
    gave a type another name.
    """
    written = source.stat().st_mtime_ns
    for index in cache.glob(f"{source.stem}.*.nbi"):
        with suppress(FileNotFoundError):  # another process was first
            if index.stat().st_mtime_ns < written:
                index.unlink()
