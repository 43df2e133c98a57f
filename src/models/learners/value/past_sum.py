"""Value as a share of the past sum, with a constant for those that brought nothing yet."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

import numpy as np

from models.errors import FeatureContractError, TooLittleDataError
from models.learners.contract import FeatureContract
from models.learners.contributions import Contributions
from models.learners.value.candidate import CandidateInputs, log_parts
from models.vocab import FloatArray

_WINDOW = re.compile(r"value_sum_(\d+)p")
_CONSTANTS = np.geomspace(1e-3, 1e2, 51)
"""Tried constants, as multiples of the mean past sum: from nearly none to one by which all clients are alike."""


@dataclass(frozen=True, kw_only=True)
class PastSum:
    """Value = ``rate`` * (past sum + ``constant``), in currency; a past sum below zero counts as nothing.

    The past sum is that of the longest window, column ``column`` of ``feature_count``, nothing where it is missing;
    ``typical`` is that of the median client. The constant is the credibility of the mean beside a client's own past:
    clients rank by their past sum whatever it is. Source: Buehlmann (1967) for the linear form.
    """

    name: ClassVar[str] = "past_sum"
    tree_count: ClassVar[int] = 0

    rate: float
    constant: float
    typical: float
    column: int
    feature_count: int

    @classmethod
    def fit(cls, inputs: CandidateInputs) -> PastSum:
        """Least Tweedie deviance over constants, each with the rate that makes the total right.

        Raises ``TooLittleDataError`` unless clients brought something before and after the as-of date,
        ``FeatureContractError`` if there is no past sum or a direction is asked for that is not its own.
        """
        column = _longest_window(inputs.contract)
        _require_up(inputs, inputs.contract.names[column])
        past = _brought(inputs.matrix[:, column])
        earned, weights = inputs.earned, inputs.weights
        mean, total = float(np.average(past, weights=weights)), math.fsum(weights * earned)
        if not (mean > 0 and total > 0):
            raise TooLittleDataError(
                rule="the past sum needs clients that brought something before and after the as-of date",
                got=f"{mean:g} before on average and a total of {total:g} after",
                remedy="take more clients, origins or a longer horizon",
            )
        rates = [total / math.fsum(weights * (past + share * mean)) for share in _CONSTANTS]
        power = inputs.config.tweedie_power
        losses = [
            _deviance(earned, rate * (past + share * mean), weights, power)
            for rate, share in zip(rates, _CONSTANTS, strict=True)
        ]
        best = int(np.argmin(losses))
        return cls(
            rate=rates[best],
            constant=float(_CONSTANTS[best]) * mean,
            typical=float(np.quantile(past, 0.5, method="lower")),
            column=column,
            feature_count=inputs.matrix.shape[1],
        )

    def log_value(self, matrix: FloatArray) -> FloatArray:
        """Logarithm of the value in currency. (n, n_features) -> (n,)."""
        return self._log(self._past(matrix))

    def explain(self, matrix: FloatArray) -> Contributions:
        """All of the way from the median client is the past sum's."""
        prediction, base = self.log_value(matrix), float(self._log(np.array([self.typical]))[0])
        values = np.zeros((len(matrix), self.feature_count))
        values[:, self.column] = prediction - base
        return log_parts(base=base, values=values, prediction=prediction)

    def importance(self) -> FloatArray:
        """All of it is the past sum's, (n_features,)."""
        return np.asarray(np.arange(self.feature_count) == self.column, dtype=np.float64)

    def to_texts(self) -> dict[str, str]:
        """All parameters; numbers come back to the bit."""
        return {"settings.json": json.dumps(asdict(self))}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, threads: int) -> PastSum:  # noqa: ARG003 - one contract
        """Read what ``to_texts`` wrote."""
        return cls(**json.loads(texts["settings.json"]))

    def _past(self, matrix: FloatArray) -> FloatArray:
        if matrix.ndim != 2 or matrix.shape[1] != self.feature_count:  # noqa: PLR2004
            raise FeatureContractError(
                rule=f"a matrix of {self.feature_count} features is needed",
                got=f"shape {matrix.shape}",
                remedy="encode the features with the contract of the model's bundle",
            )
        return _brought(matrix[:, self.column])

    def _log(self, past: FloatArray) -> FloatArray:
        return np.asarray(np.log(past + self.constant) + math.log(self.rate))


def _brought(past: FloatArray) -> FloatArray:
    return np.nan_to_num(np.maximum(past, 0.0), nan=0.0)


def _longest_window(contract: FeatureContract) -> int:
    """The column of the past sum over the longest window."""
    windows = {int(found[1]): place for place, name in enumerate(contract.names) if (found := _WINDOW.fullmatch(name))}
    if not windows:
        raise FeatureContractError(
            rule="the past sum needs a feature value_sum_..p",
            got="a book without",
            remedy="take past_sum out of learners.value",
        )
    return windows[max(windows)]


def _require_up(inputs: CandidateInputs, name: str) -> None:
    asked = inputs.config.monotone.get(name)
    if asked is not None and asked.direction != "up":
        raise FeatureContractError(
            rule="the past sum rises with itself",
            got=f"learners.value.monotone.{name}: {asked.direction}",
            remedy="take it out, or past_sum out of learners.value",
        )


def _deviance(actual: FloatArray, mean: FloatArray, weights: FloatArray, power: float) -> float:
    """Tweedie deviance between 1 and 2, without the part that does not depend on ``mean``. Jorgensen (1987)."""
    return math.fsum(weights * (mean ** (2 - power) / (2 - power) - actual * mean ** (1 - power) / (1 - power)))
