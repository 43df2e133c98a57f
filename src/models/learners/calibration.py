"""Calibrates predictions on later origins by monotone maps, which keep their ranking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from models.errors import TooLittleDataError
from models.metrics.logit_line import fit_logit_line
from models.vocab import FloatArray

MIN_SLOPE = 0.01
MAX_SLOPE = 10.0


@dataclass(frozen=True, kw_only=True)
class PlattCalibration:
    """Calibrated log-odds = ``slope`` * raw log-odds + ``intercept``; the slope is above zero."""

    slope: float = 1.0
    intercept: float = 0.0

    @classmethod
    def fit(cls, margin: FloatArray, declined: FloatArray) -> PlattCalibration:
        """Fit by maximum likelihood to raw log-odds ``margin`` (n,) and outcomes ``declined`` (n,) of 0 or 1.

        The slope is kept between 0.01 and 10, so that the ranking stays and a handful of clients that happen
        to be separated perfectly cannot make every probability 0 or 1. At a bound the intercept is fitted
        alone; so it is, with slope 1, where all margins are equal. Row order does not matter. Raises
        ``TooLittleDataError`` if only one outcome was seen. Source: Platt (1999), without his priors.

        >>> outcome = np.array([0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0])
        >>> calibration = PlattCalibration.fit(np.repeat([-1.0, 1.0], 4), outcome)
        >>> round(calibration.slope, 6), round(calibration.intercept, 6) + 0.0
        (1.098612, 0.0)
        """
        _require_both(declined)
        order = np.lexsort((declined, margin))
        margin, outcome = margin[order], declined[order].astype(np.float64)
        line = fit_logit_line(outcome, margin)
        if line is None or not MIN_SLOPE <= line.slope <= MAX_SLOPE:
            line = fit_logit_line(outcome, margin, slope=_bounded_slope(outcome, margin))
        if line is None:
            raise _undetermined()
        return cls(slope=line.slope, intercept=line.intercept)

    def log_odds(self, margin: FloatArray) -> FloatArray:
        """Calibrated log-odds. (n,) -> (n,)."""
        return self.slope * margin + self.intercept

    def probability(self, margin: FloatArray) -> FloatArray:
        """Calibrated probability, between 0 and 1. (n,) -> (n,)."""
        return np.asarray(expit(self.log_odds(margin)))


def _bounded_slope(outcome: FloatArray, margin: FloatArray) -> float:
    """The bound on the side to which the likelihood, which has one summit, rises."""
    if np.ptp(margin) == 0:
        return 1.0
    risen = margin[outcome == 1].mean() > margin[outcome == 0].mean()
    return MAX_SLOPE if risen else MIN_SLOPE


def _require_both(declined: FloatArray) -> None:
    events = int(np.count_nonzero(declined))
    if events in (0, declined.size):
        raise TooLittleDataError(
            rule="calibration needs clients that declined and clients that did not",
            got=f"{events:,} of {declined.size:,} declined",
            remedy="calibrate on more clients or a longer horizon",
        )


def _undetermined() -> TooLittleDataError:
    return TooLittleDataError(
        rule="calibration needs log-odds near enough to the outcomes to be put right",
        got="log-odds for which no intercept fits",
        remedy="calibrate on more clients or an origin nearer to training",
    )
