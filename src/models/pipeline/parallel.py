"""Runs independent fits in parallel processes when the data are large."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from models.config.root import Config
from models.panel.panel import Panel
from models.workers import Each, Mapper

Item = TypeVar("Item")
Result = TypeVar("Result")
_CELLS = 2_000_000
"""A process takes some five seconds to begin: fits of fewer numbers than these are faster one after the other."""


def fits_in_parallel(
    fit: Callable[[Item, Config], Result], items: Sequence[Item], config: Config, mapper: Mapper, *, learn: Panel
) -> Iterator[Result]:
    """``fit`` of each item, in order, the same however many workers share them.

    ``learn`` are about the rows of one fit: their number tells whether it is worth a process.
    """
    shares = len(items) if learn.features.size >= _CELLS else 1
    if mapper.workers(shares) > 1:
        config = config.model_copy(update={"run": config.run.model_copy(update={"threads": 1})})
    work: Each[Item, Result] = Each(lambda item: fit(item, config))
    return mapper.map(work, items, shares=shares)
