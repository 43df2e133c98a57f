"""Positions of a client in the book on each feature, and drivers as weighted means of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.config.kinds import DriverConfig
from models.errors import FeatureContractError
from models.vocab import BoolArray, FloatArray

GRID = 200
"""A feature's distribution is kept as so many steps of equal share."""


@dataclass(frozen=True, kw_only=True)
class Positions:
    """The distribution of each feature over the book that was learned from.

    ``grids[name]`` holds rising quantiles, none where the book does not tell the feature; ``categories[column]`` the
    categories that were there, for features that read ``column=category``.
    """

    grids: Mapping[str, tuple[float, ...]]
    categories: Mapping[str, tuple[str, ...]]

    @classmethod
    def fit(cls, frame: pd.DataFrame, names: Sequence[str]) -> Positions:
        """Learn from a panel's features (n_clients, ...). Features that the frame lacks stay unknown."""
        columns = sorted({name.split("=")[0] for name in names if "=" in name and name.split("=")[0] in frame})
        seen = {column: tuple(sorted(frame[column].dropna().astype("str").unique())) for column in columns}
        grids = {name: _grid(_numbers(frame, name, seen)) for name in sorted(set(names))}
        return cls(grids=grids, categories=seen)

    def of(self, frame: pd.DataFrame, name: str) -> FloatArray:
        """From -1, below all of the book, to 1, above all; equals share the middle. NaN where unknown. Shape (n,).

        A feature that is the same for all tells nothing and is 0; a category that the book never held is unknown.

        >>> learned = Positions.fit(pd.DataFrame({"deals": [1.0, 1.0, 2.0, 9.0]}), ["deals"])
        >>> learned.of(pd.DataFrame({"deals": [0.0, 1.0, 9.0, np.nan]}), "deals").round(2)
        array([-1.  , -0.5 ,  0.75,   nan])
        """
        grid, numbers = np.asarray(self.grids[name]), _numbers(frame, name, self.categories)
        if not len(grid):
            return np.full(len(frame), np.nan)
        below, not_above = np.searchsorted(grid, numbers, "left"), np.searchsorted(grid, numbers, "right")
        return np.where(np.isnan(numbers), np.nan, (below + not_above) / len(grid) - 1)

    def driver(self, frame: pd.DataFrame, driver: DriverConfig) -> FloatArray:
        """The driver's score, from -1 to 1: the mean of the known positions by weight; NaN if none is. Shape (n,)."""
        total, whole = np.zeros(len(frame)), np.zeros(len(frame))
        for name, weight in driver.features.items():
            position = self.of(frame, name)
            known = ~np.isnan(position)
            total += np.where(known, weight * position, 0.0)
            whole += np.where(known, abs(weight), 0.0)
        return np.asarray(np.divide(total, whole, out=np.full(len(frame), np.nan), where=whole > 0))

    @property
    def unknown(self) -> tuple[str, ...]:
        """The features that the book did not tell."""
        return tuple(name for name, grid in self.grids.items() if not grid)


def features_named(*drivers: DriverConfig) -> list[str]:
    """The features that drivers ask for, each once."""
    return list(dict.fromkeys(name for driver in drivers for name in driver.features))


def lowest_of_best(scores: FloatArray, share: float) -> float:
    """The score at or above which the best ``share`` of the known ones lie, at least one; inf where none is known.

    >>> lowest_of_best(np.array([1.0, 2.0, 3.0, 4.0, np.nan]), 0.5)
    3.0
    """
    known = np.sort(scores[~np.isnan(scores)])
    return float(known[-max(round(len(known) * share), 1)]) if len(known) else np.inf


def _grid(numbers: FloatArray) -> tuple[float, ...]:
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return ()
    steps = min(GRID, len(known))
    shares = (np.arange(steps) + 0.5) / steps
    return tuple(np.quantile(known, shares, method="inverted_cdf").tolist())


def _numbers(frame: pd.DataFrame, name: str, seen: Mapping[str, Sequence[str]]) -> FloatArray:
    column, marked, category = name.partition("=")
    if column not in frame:
        return np.full(len(frame), np.nan)
    is_number = pd.api.types.is_numeric_dtype(frame[column])
    if is_number == bool(marked):
        raise FeatureContractError(
            rule="a driver must name a number feature, or column=category of a text feature",
            got=f"{name}, where {column} is {'a number' if is_number else 'text'}",
            remedy=f"write {column}{'' if is_number else '=one of its categories'} in the driver",
        )
    if is_number:
        return np.where(np.isinf(values := frame[column].to_numpy(dtype=np.float64)), np.nan, values)
    reported: BoolArray = frame[column].isin(list(seen.get(column, ()))).to_numpy(dtype=np.bool_)
    return np.where(reported, (frame[column] == category).to_numpy(dtype=np.float64, na_value=0.0), np.nan)
