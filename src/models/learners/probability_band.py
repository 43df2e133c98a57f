"""Bands around a calibrated probability, from the calibration error seen at past origins."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy.special import expit, logit, ndtri

from models.metrics.logit_line import fit_logit_line
from models.vocab import FloatArray

_NEAREST = 1e-9
"""Probabilities nearer to 0 or 1 than this are taken for it: log-odds must stay finite."""


@dataclass(frozen=True, kw_only=True)
class ProbabilityBand:
    """Low and high share of clients alike that may decline, where one probability is served.

    A new origin may be better or worse than those that calibrated, for all clients at once (``level_deviation``), and
    may tell good from bad clients more or less sharply (``slope_deviation``, per unit of log-odds from ``centre``).
    What one client's features leave unsaid is not in it: that is what the probability itself expresses.
    """

    confidence: float
    centre: float
    level_deviation: float
    slope_deviation: float

    @classmethod
    def fit(
        cls, log_odds: Sequence[FloatArray], declined: Sequence[FloatArray], *, confidence: float
    ) -> ProbabilityBand | None:
        """Learn from origins that were predicted: calibrated log-odds and outcomes of 0 or 1, each (n,), per origin.

        The variance of a correction is the larger of what origins differ by and what the number of clients alone makes
        them differ by, for an origin more than were seen. None where no origin tells both outcomes apart.
        """
        centre = float(np.concatenate(list(log_odds)).mean())
        reported = [
            (seen, said - centre) for seen, said in zip(declined, log_odds, strict=True) if seen.min() < seen.max()
        ]
        levels = [line.intercept for seen, said in reported if (line := fit_logit_line(seen, said + centre, slope=1.0))]
        slopes = [line.slope for seen, said in reported if (line := fit_logit_line(seen, said)) is not None]
        if not levels or not slopes:
            return None
        information = [_information(said, centre) for _, said in reported]
        return cls(
            confidence=confidence,
            centre=centre,
            level_deviation=_deviation(levels, [1.0 / each[0] for each in information]),
            slope_deviation=_deviation(slopes, [1.0 / each[1] for each in information]),
        )

    def around(self, probability: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Low and high probability of each client. Shapes (n,).

        >>> band = ProbabilityBand(confidence=0.9, centre=0.0, level_deviation=0.5, slope_deviation=0.0)
        >>> [float(side[0].round(3)) for side in band.around(np.array([0.5]))]
        [0.305, 0.695]
        """
        said = logit(np.clip(probability, _NEAREST, 1 - _NEAREST))
        deviation = np.hypot(self.level_deviation, self.slope_deviation * (said - self.centre))
        reach = float(ndtri((1 + self.confidence) / 2)) * deviation
        low, high = expit(said - reach), expit(said + reach)
        return np.minimum(low, probability), np.maximum(high, probability)

    def to_json(self) -> str:
        """The band as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ProbabilityBand:
        """Read what ``to_json`` wrote."""
        return cls(**json.loads(text))


def _information(said: FloatArray, centre: float) -> tuple[float, float]:
    """Fisher information on level and slope; ``said`` (n,) is counted from ``centre``."""
    chance = expit(said + centre)
    weight = chance * (1 - chance)
    return float(weight.sum()), float((weight * said**2).sum())


def _deviation(corrections: Sequence[float], sampling: Sequence[float]) -> float:
    """Standard deviation of the correction that one more origin will ask for."""
    count = len(corrections)
    between = float(np.var(corrections, ddof=1)) if count > 1 else 0.0
    return math.sqrt(max(between, float(np.mean(sampling))) * (1 + 1 / count))
