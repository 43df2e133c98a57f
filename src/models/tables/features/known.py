"""What a feature family receives of a block of clients, and what it returns. No feature is computed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.config import FeaturesConfig
from models.tables.cutoff import Past
from models.tables.macro import Macro
from models.vocab import FloatArray, IntArray


@dataclass(frozen=True)
class Feature:
    """One named column of the panel. ``values`` has shape (n_clients,): numbers, or text for a category."""

    name: str
    unit: str
    values: FloatArray | pd.Series


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The past of everything that shares a country, region or industry, and which of them each client belongs to.

    ``place`` has shape (n_clients,); -1 where the client's is unknown.
    """

    past: Past
    place: IntArray

    def look_up(self, values: FloatArray | IntArray) -> FloatArray:
        """Bring a figure per surrounding (n_surroundings,) to the clients (n_clients,)."""
        known = self.place >= 0
        return np.where(known, np.asarray(values, dtype=np.float64)[np.where(known, self.place, 0)], np.nan)


@dataclass(frozen=True, kw_only=True)
class Known:
    """All that is known of a block of clients before the as-of date.

    Attributes:
        attributes: the chosen columns of clients, one row per client of the block.
        group: (n_clients,) place of each client's sponsor group; clients of one group stand side by side.
        groups_known: whether the book has sponsor groups at all.
        surroundings: column of clients -> what shares its value.
        macro: the economies, where the book has them; ``country`` (n_clients,) is each client's place among them.
    """

    past: Past
    settings: FeaturesConfig
    activity_periods: int
    horizon_periods: int
    currency: str
    attributes: pd.DataFrame
    group: IntArray
    groups_known: bool
    surroundings: Mapping[str, Surroundings]
    macro: Macro | None
    country: IntArray


def ratio(part: FloatArray | IntArray, whole: FloatArray | IntArray) -> FloatArray:
    """Part over whole, NaN where the whole is zero. Shapes (n,).

    >>> ratio(np.array([1.0, 1.0]), np.array([4.0, 0.0]))
    array([0.25,  nan])
    """
    whole = np.asarray(whole, dtype=np.float64)
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole != 0))
