"""Inputs and outputs of a feature family for a block of clients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.config.credit import CreditConfig
from models.config.features import FeaturesConfig
from models.config.own import OwnConfig
from models.panel.cutoff import Past
from models.panel.features.labels import Labels
from models.panel.features.words import FeatureWords
from models.panel.macro import Macro
from models.vocab import FloatArray, IntArray


@dataclass(frozen=True)
class Feature:
    """One named column of the panel, and what people call it.

    ``values`` has shape (n_clients,): numbers, or text for a category.
    """

    name: str
    unit: str
    values: FloatArray | pd.Series
    words: FeatureWords


@dataclass(frozen=True, kw_only=True)
class FeatureContext:
    """The past of everything that shares a country, region or industry, and which of them each client belongs to.

    ``place`` has shape (n_clients,); -1 where the client's is unknown.
    """

    past: Past
    place: IntArray

    def look_up(self, values: FloatArray | IntArray) -> FloatArray:
        """Bring a figure per surrounding (n_surroundings,) to the clients (n_clients,)."""
        return at_places(values, self.place)


@dataclass(frozen=True, kw_only=True)
class FeatureInputs:
    """All that is known of a block of clients before the as-of date.

    Attributes:
        own: what the book tells beyond the contract.
        labels: what the book calls its measures.
        attributes: the chosen columns of clients, one row per client of the block.
        group: (n_clients,) place of each client's sponsor group; clients of one group stand side by side.
        groups_known: whether the book has sponsor groups at all.
        surroundings: column of clients -> what shares its value.
        macro: the economies, where the book has them; ``country`` (n_clients,) is each client's place among them.
        countries: the risk of countries likewise; ``risk_country`` (n_clients,) is each client's place among them.
    """

    past: Past
    settings: FeaturesConfig
    own: OwnConfig
    credit: CreditConfig
    activity_periods: int
    horizon_periods: int
    currency: str
    labels: Labels
    attributes: pd.DataFrame
    group: IntArray
    groups_known: bool
    context_past: Mapping[str, FeatureContext]
    macro: Macro | None
    country: IntArray
    countries: Macro | None = None
    risk_country: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def day_before(self, periods: int) -> int:
        """The day, since 1970, that lies so many periods before the as-of date."""
        return self.past.day_before(self.labels.period, periods)


def at_places(values: FloatArray | IntArray, places: IntArray) -> FloatArray:
    """The figures (m,) that stand at ``places`` (n,); NaN where the place is -1.

    >>> at_places(np.array([5.0, 7.0]), np.array([1, -1]))
    array([ 7., nan])
    """
    return np.asarray(np.append(np.asarray(values, dtype=np.float64), np.nan)[places])  # -1 is the last


def summed(rows: FloatArray) -> FloatArray:
    """Sum over the first axis, row after row. Shapes (m, n_clients) -> (n_clients,).

    numpy adds a single column in another order than many, which would make a client's last bit depend on the others.

    >>> summed(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([4., 6.])
    """
    total = np.zeros(rows.shape[1])
    for row in rows:
        total += row
    return total


def ratio(part: FloatArray | IntArray, whole: FloatArray | IntArray) -> FloatArray:
    """Part over whole, NaN where the whole is zero. Shapes (n,).

    >>> ratio(np.array([1.0, 1.0]), np.array([4.0, 0.0]))
    array([0.25,  nan])
    """
    whole = np.asarray(whole, dtype=np.float64)
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole != 0))
