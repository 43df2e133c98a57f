"""Runs independent fits in parallel processes when the data are large."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
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
    shares = _shares(len(items), learn)
    if mapper.workers(shares) > 1:
        config = config.model_copy(update={"run": config.run.model_copy(update={"threads": 1})})
    work: Each[Item, Result] = Each(lambda item: fit(item, config))
    return mapper.map(work, items, shares=shares)


def fit_beside(
    fit: Callable[[Item], Result], item: Item, mapper: Mapper, *, learn: Panel
) -> AbstractContextManager[Callable[[], Result]]:
    """Within, ``fit`` of one item goes on beside other fits; what it gives waits for the result. ``learn`` as above."""
    return mapper.beside(fit, item, shares=_shares(2, learn))


def _shares(fits: int, learn: Panel) -> int:
    return fits if learn.features.size >= _CELLS else 1
