"""Protocol of value candidates, and the inputs that they are fitted on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from models.config.learners import ValueLearnerConfig
from models.config.plugins import Setting
from models.config.sections import RunConfig
from models.errors import TooLittleDataError
from models.learners.contract import FeatureContract
from models.learners.contributions import Contributions
from models.vocab import BoolArray, FloatArray

MODEL = "value"
UNIT = "log currency"


@dataclass(frozen=True, kw_only=True)
class CandidateInputs:
    """What a candidate learns from; bring rows in a fixed order.

    Attributes:
        matrix: encoded features, (n, n_features).
        value: value within the horizon, in currency, losses below zero. (n,)
        latest: rows of the latest learning origin, whose past tells how often clients come back. (n,)
        contract: what encoded ``matrix``.
        horizon_periods: length of the horizon.
        days_per_period: length of a period.
        weight: how much each row counts; none: all alike. (n,)
        plugins: settings of learners that plug-ins bring, by name.
    """

    matrix: FloatArray
    value: FloatArray
    latest: BoolArray
    contract: FeatureContract
    config: ValueLearnerConfig
    run: RunConfig
    horizon_periods: int
    days_per_period: float
    weight: FloatArray | None = None
    plugins: Mapping[str, Mapping[str, Setting]] = field(default_factory=dict)

    @property
    def earned(self) -> FloatArray:
        """``value`` with losses counted as nothing, as all candidates learn it; calibration counts them. Shape (n,)."""
        return np.maximum(self.value, 0.0)

    @property
    def weights(self) -> FloatArray:
        """``weight``, or ones. Shape (n,)."""
        return np.ones(len(self.value)) if self.weight is None else self.weight

    def scale(self) -> float:
        """Mean value of the clients that brought any, in currency.

        Candidates learn in multiples of it, so that the learning rate means the same in every currency. Raises
        ``TooLittleDataError`` if no client brought anything.
        """
        positive = self.value[self.value > 0]
        if not positive.size:
            raise TooLittleDataError(
                rule="the value model needs clients that brought something within the horizon",
                got=f"0 of {self.value.size:,}",
                remedy="take a longer horizon, more origins, or check value.kinds and their signs",
            )
        return math.fsum(positive) / positive.size


class ValueCandidate(Protocol):
    """A model of value on its own scale: what it says is put right by ``ValueCalibration``."""

    @property
    def name(self) -> str:
        """As in ``learners.value.candidates``."""

    @property
    def tree_count(self) -> int:
        """How many trees it is made of."""

    def log_value(self, matrix: FloatArray) -> FloatArray:
        """Logarithm of the value in currency. (n, n_features) -> (n,), finite; a row's result is its own."""

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of ``log_value``, one per feature; they sum to it."""

    def importance(self) -> FloatArray:
        """Each feature's share of what splits saved of the loss, summing to 1; zeros where there is no split."""

    def to_texts(self) -> dict[str, str]:
        """File name -> text, from which ``candidate_from_texts`` reads the same candidate."""


def log_parts(*, base: float, values: FloatArray, prediction: FloatArray) -> Contributions:
    """Parts of the logarithm of the value."""
    return Contributions(model=MODEL, unit=UNIT, base=base, values=values, prediction=prediction)
