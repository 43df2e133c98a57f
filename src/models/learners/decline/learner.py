"""Protocol of decline models, on which training, tuning, calibration and scoring rely."""

from __future__ import annotations

from typing import Protocol, Self

from models.learners.calibration import PlattCalibration
from models.learners.contributions import Contributions
from models.vocab import BoolArray, FloatArray


class DeclineLearner(Protocol):
    """A fitted model of decline within the horizon, with the calibration of its log-odds.

    Probability = logistic(slope * margin + intercept), so that the ranking of ``margin`` is that of what is served.
    """

    @property
    def name(self) -> str:
        """As in ``learners.decline.learners``."""

    @property
    def calibration(self) -> PlattCalibration:
        """What puts the log-odds right."""

    @property
    def tree_count(self) -> int:
        """How many trees it is made of; 0 for a model without any."""

    def margin(self, matrix: FloatArray) -> FloatArray:
        """Log-odds before calibration. (n, n_features) -> (n,), finite; a row's result is its own."""

    def calibrated_on(self, margin: FloatArray, declined: BoolArray) -> Self:
        """The same model, calibrated on ``margin`` (m,) of later origins and what came of it, ``declined`` (m,)."""

    def calibrated_by(self, calibration: PlattCalibration) -> Self:
        """The same model with a calibration that was fitted elsewhere."""

    def predict(self, matrix: FloatArray) -> FloatArray:
        """Probability of decline within the horizon, between 0 and 1. (n, n_features) -> (n,)."""

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of the calibrated log-odds, one per feature; they sum to them."""

    def in_served_unit(self, parts: Contributions) -> Contributions:
        """The parts of ``explain`` as probability."""

    def importance(self) -> FloatArray:
        """Each feature's share of what the model gains by it, summing to 1; zeros where it uses none."""

    def to_texts(self) -> dict[str, str]:
        """File name -> text, from which the same model is read."""
