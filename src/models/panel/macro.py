"""The economy of each country over time, as far as it was published. Nothing of a client is known here."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from models.book.periods import PeriodGrid
from models.vocab import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class Macro:
    """Last published value of each figure, per period and country.

    ``values`` maps a column to (periods + 1, n_countries); row r tells what was known at the start of period
    ``first + r``.
    """

    first: int
    countries: tuple[str, ...]
    values: dict[str, FloatArray]

    def known_before(self, index: int) -> Macro:
        """Everything published before the start of period ``index``."""
        return replace(self, values={name: value[: index - self.first + 1] for name, value in self.values.items()})

    def places(self, country: pd.Series) -> IntArray:
        """Place of each client's country; -1 where it is not covered."""
        return np.asarray(pd.Index(self.countries).get_indexer(pd.Index(country)), dtype=np.int64)

    def last(self, column: str, places: IntArray, *, ago: int = 0) -> FloatArray:
        """Last known value for clients in countries ``places`` (n_clients,), ``ago`` periods back."""
        values = self.values[column][max(self.values[column].shape[0] - 1 - ago, 0)]
        return np.asarray(np.append(values, np.nan)[places])  # the place -1 is the last


def macro_of(frame: pd.DataFrame, columns: tuple[str, ...], grid: PeriodGrid, *, first: int, last: int) -> Macro:
    """Lay the macro table out for the periods ``first`` to ``last - 1``.

    Of several figures published in one period the one measured last counts; later ones are left away.
    """
    ordered = frame.sort_values(["country", "published", "date", *columns], kind="stable")
    countries = tuple(sorted(ordered["country"].unique()))
    period = grid.indices_of(ordered["published"].to_numpy().astype("datetime64[D]"))
    inside = period < last
    row = np.maximum(period[inside] - first + 1, 0)
    place = pd.Index(countries).get_indexer(pd.Index(ordered["country"][inside]))
    values = {}
    for column in columns:
        table = np.full((last - first + 1, len(countries)), np.nan)
        number = ordered[column].to_numpy(dtype=np.float64)[inside]
        known = ~np.isnan(number)
        table[row[known], place[known]] = number[known]
        values[column] = pd.DataFrame(table).ffill().to_numpy()
    return Macro(first=first, countries=countries, values=values)
