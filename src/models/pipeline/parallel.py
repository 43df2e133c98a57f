"""Fits that do not depend on each other, in processes of their own where they are large; callers say of what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from models.config.root import Config
from models.panel.panel import Panel
from models.workers import cores, in_processes

Item = TypeVar("Item")
Result = TypeVar("Result")
_CELLS = 2_000_000
"""A process takes some five seconds to begin: fits of fewer numbers than these are faster one after the other."""


def fits_in_parallel(
    fit: Callable[[Item, Config], Result], items: Sequence[Item], config: Config, *, learn: Panel
) -> Iterator[Result]:
    """``fit`` of each item, in order, the same however many processes share them.

    ``learn`` are about the rows of one fit: their number tells whether it is worth a process.
    """
    workers = min(cores(config.run.threads), len(items)) if learn.features.size >= _CELLS else 1
    if workers > 1:
        config = config.model_copy(update={"run": config.run.model_copy(update={"threads": 1})})
    return in_processes(lambda item: fit(item, config), items, workers=workers)
