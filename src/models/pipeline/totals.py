"""Intervals around totals: of a book's value, or that of its tiers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from models.vocab import FloatArray


def level_error(totals: Iterable[tuple[float, float]]) -> float:
    """Root mean square of (realised - foreseen) over the foreseen total, of several origins; at most 1, as of none.

    ``totals`` are pairs of what came and what was foreseen.

    >>> level_error([(110.0, 100.0), (90.0, 100.0)]), level_error([])
    (0.1, 1.0)
    """
    errors = [(came - foreseen) / foreseen for came, foreseen in totals if foreseen > 0]
    return min(1.0, float(np.sqrt(np.mean(np.square(errors))))) if errors else 1.0


@dataclass(frozen=True, kw_only=True)
class TotalSpread:
    """The total of many clients, and how far each side of it spreads. Adds up over blocks.

    ``below`` and ``above`` are sums of squares, in currency, of the distances from each client's value to the bounds of
    its interval; NaN where a client has none.
    """

    total: float = 0.0
    below: float = 0.0
    above: float = 0.0

    @classmethod
    def of(cls, value: FloatArray, low: FloatArray, high: FloatArray) -> TotalSpread:
        """Of clients with the bounds of their values. Shapes (n,)."""
        return cls(
            total=float(value.sum()),
            below=float(np.square(value - low).sum()),
            above=float(np.square(high - value).sum()),
        )

    def __add__(self, other: TotalSpread) -> TotalSpread:
        return TotalSpread(
            total=self.total + other.total, below=self.below + other.below, above=self.above + other.above
        )

    def interval(self, *, level: float, level_error: float) -> tuple[float, float] | None:
        """Low and high total, which hold it with probability ``level``; None where a client has no bounds.

        The luck of single clients, taken as independent, and beside it the error of the whole: by how much of itself
        the total of the book was foreseen wrongly out of time (``level_error``, one standard deviation).

        >>> TotalSpread(total=100.0, below=16.0, above=9.0).interval(level=0.9, level_error=0.0)
        (96.0, 103.0)
        """
        if not np.isfinite(self.below + self.above):
            return None
        common = float(ndtri(0.5 + level / 2)) * level_error * abs(self.total)
        low, high = (float(np.sqrt(each + common**2)) for each in (self.below, self.above))
        return self.total - low, self.total + high
